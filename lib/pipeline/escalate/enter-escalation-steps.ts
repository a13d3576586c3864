import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { systemDoer, type TimelineEntry, writeTimeline } from '#lib/alerts/timeline.ts';
import type { NotificationDraft } from '#lib/model/notification.ts';
import { enqueueNotifications } from '#lib/notifications/enqueue.ts';
import {
  claimEscalations,
  type DueEscalation,
  postponeEscalation,
  saveEscalations,
} from '#lib/on-call/claim-escalations.ts';
import { type PageRequest, pagePeople } from '#lib/on-call/page-people.ts';
import { type PolicyFacts, reachOf, readPolicies } from '#lib/on-call/read-policies.ts';
import { type EscalationDecision, stepEscalation } from '#lib/on-call/step-escalation.ts';
import { bundleDrafts, PAGE_LIFETIME_MS, pageMessage, pagePriority } from './page-message.ts';

const BATCH = 500;
const RETRY_SECONDS = 60;

interface Stepped {
  escalation: DueEscalation;
  decision: EscalationDecision;
}

function adminsOf(facts: PolicyFacts, teamId: string): string[] {
  return facts.people.filter((one) => one.teamId === teamId && one.isAdmin).map(({ userId }) => userId);
}

function pagesOf({ escalation, decision }: Stepped, facts: PolicyFacts): PageRequest[] {
  const { alertId, teamId, severity } = escalation;
  const pages = decision.entered.map(({ userIds, cause }) => ({ alertId, teamId, severity, userIds, cause }));
  if (decision.fallback === null) return pages;
  const userIds = adminsOf(facts, teamId);
  return [...pages, { alertId, teamId, severity, userIds, cause: decision.fallback }];
}

function channelDrafts({ escalation, decision }: Stepped, facts: PolicyFacts): NotificationDraft[] {
  return decision.entered.flatMap(({ channelIds, cause }) =>
    channelIds.flatMap((channelId) => {
      const channel = facts.channels.get(channelId);
      if (!channel) return [];
      return {
        teamId: escalation.teamId,
        purpose: 'page' as const,
        kind: channel.kind,
        channelId,
        alertIds: [escalation.alertId],
        cause: `escalation:${escalation.alertId}:${cause}`,
        reason: 'escalation',
        message: pageMessage(escalation, 'escalation'),
        priority: pagePriority(false),
        expiresAt: new Date(facts.now + PAGE_LIFETIME_MS),
      };
    }),
  );
}

function timelineOf({ escalation, decision }: Stepped, facts: PolicyFacts): TimelineEntry[] {
  const { alertId, policyId } = escalation;
  const policy = facts.plans.get(policyId)?.name ?? '';
  const names = new Map(facts.people.map(({ userId, name }) => [userId, name]));
  const entries: TimelineEntry[] = decision.entered.map(({ step, loop, userIds, channelIds }) => {
    const told = [
      ...userIds.map((id) => names.get(id) ?? id),
      ...channelIds.map((id) => facts.channels.get(id)?.name ?? id),
    ];
    const details = { policy, step: step + 1, round: loop + 1, userIds, channelIds };
    return told.length === 0
      ? { alertId, kind: 'nobody_on_call', note: `Step ${step + 1} of ${policy}`, details }
      : { alertId, kind: 'escalated', note: told.join(', '), details };
  });
  const { next, fallback } = decision;
  if (fallback !== null) {
    const told = adminsOf(facts, escalation.teamId).map((id) => names.get(id) ?? id);
    const details = { policy, fallback: true };
    entries.push({ alertId, kind: 'escalated', note: told.join(', '), details });
  }
  if (next.waitsFor === 'hours')
    entries.push({ alertId, kind: 'escalation_paused', details: { policy, until: next.nextAt } });
  if (next.state === 'exhausted')
    entries.push({ alertId, kind: 'escalation_exhausted', details: { policy } });
  return entries;
}

async function write(tx: Tx, stepped: readonly Stepped[], facts: PolicyFacts): Promise<void> {
  const at = new Date(facts.now);
  await pagePeople(
    tx,
    stepped.flatMap((one) => pagesOf(one, facts)),
    at,
  );
  await enqueueNotifications(tx, bundleDrafts(stepped.flatMap((one) => channelDrafts(one, facts))));
  for (const [teamId, own] of Map.groupBy(stepped, ({ escalation }) => escalation.teamId)) {
    const entries = own.flatMap((one) => timelineOf(one, facts));
    await writeTimeline(tx, teamId, systemDoer('escalation'), entries, at);
  }
  await saveEscalations(
    tx,
    stepped.map(({ escalation, decision }) => ({ alertId: escalation.alertId, decision })),
  );
}

async function stepAll(tx: Tx, due: readonly DueEscalation[]): Promise<void> {
  if (due.length === 0) return;
  const at = await databaseNow(tx);
  const policyIds = [...new Set(due.map(({ policyId }) => policyId))];
  const facts = await readPolicies(tx, policyIds, [...new Set(due.map(({ teamId }) => teamId))], at);
  const stepped = due.map((escalation) => ({
    escalation,
    decision: stepEscalation(
      escalation,
      facts.plans.get(escalation.policyId) ?? { steps: [], repeat: 0 },
      reachOf(facts, escalation.teamId),
      facts.now,
    ),
  }));
  await write(tx, stepped, facts);
}

interface Entered {
  done: number;
  more: boolean;
  /** What kept single escalations from being stepped; they are tried again a minute later. */
  errors: unknown[];
}

/** One at a time, each in a transaction of its own, so that one that fails holds up no other. */
async function enterSingly(db: Db): Promise<Entered> {
  const errors: unknown[] = [];
  for (let done = 0; done < BATCH; done++) {
    let tried: string | undefined;
    try {
      const claimed = await db.transaction(async (tx) => {
        const claim = await claimEscalations(tx, 1);
        tried = claim.due[0]?.alertId;
        await stepAll(tx, claim.due);
        return claim.claimed;
      });
      if (claimed === 0) return { done, more: false, errors };
    } catch (error) {
      if (tried === undefined) throw error;
      errors.push(error);
      await postponeEscalation(db, tried, RETRY_SECONDS);
    }
  }
  return { done: BATCH, more: true, errors };
}

/**
 * Enters the steps of escalations that are due: finds who is on call, makes their pages, tells channels. Steps
 * and what they cause are one transaction, so a worker that dies has done both or neither.
 *
 * @returns how many escalations were taken on, and whether more wait
 */
export async function enterEscalationSteps(db: Db): Promise<Entered> {
  try {
    return await db.transaction(async (tx) => {
      const { due, claimed } = await claimEscalations(tx, BATCH);
      await stepAll(tx, due);
      return { done: claimed, more: claimed >= BATCH, errors: [] };
    });
  } catch {
    return enterSingly(db);
  }
}
