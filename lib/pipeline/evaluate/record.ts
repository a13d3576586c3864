import type { Db, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { finishClaim, lockClaimedRule, type RuleClaim } from '#lib/alerts/evaluate/claim-rules.ts';
import {
  type RuleChange,
  readInstances,
  writeInstances,
  writeTransitions,
} from '#lib/alerts/evaluate/instance-rows.ts';
import { restoreInstances } from '#lib/alerts/evaluate/restore.ts';
import type { Rule, RuleHealth, RuleResult } from '#lib/alerts/rules/instance.ts';
import { transition } from '#lib/alerts/rules/transition.ts';
import { unhealthyRuleFinding } from '#lib/alerts/rules/unhealthy-rule.ts';
import type { ChangedAlert, Finding } from '#lib/model/alert-finding.ts';
import { announceAlerts } from '#lib/pipeline/raise/announce-alerts.ts';
import { type Applied, applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { carryOverAlerts } from './carry-over-alerts.ts';

/** Writes what evaluations have concluded: instances, alerts, transitions; in the caller's transaction. */
export async function writeChanges(
  tx: Tx,
  teamId: string,
  changes: readonly RuleChange[],
  findings: readonly Finding[],
): Promise<Applied | null> {
  await writeInstances(tx, changes);
  const applied =
    findings.length === 0 ? null : await applyFindings(tx, teamId, findings, await databaseNow(tx));
  const ofRules = (applied?.changed ?? []).filter(({ alert }) => alert.source === 'rule');
  const alertIds = ofRules.map(
    ({ alert, alertId }) => [`${alert.sourceId} ${alert.fingerprint}`, alertId] as const,
  );
  await writeTransitions(tx, changes, new Map(alertIds));
  return applied;
}

/** What was carried over is announced with the rest, before it: an alert may have been changed twice. */
export function withCarried(
  teamId: string,
  carried: readonly ChangedAlert[],
  applied: Applied | null,
  at: Date,
): Applied | null {
  if (carried.length === 0) return applied;
  return {
    changed: [...carried, ...(applied?.changed ?? [])],
    afterCommit(bus) {
      announceAlerts(bus, teamId, carried, at);
      applied?.afterCommit(bus);
    },
  };
}

/** Says so when a rule can't be evaluated, and when it can again. */
function aboutHealth(claim: RuleClaim, health: RuleHealth, failed: boolean): Finding[] {
  const wasUnhealthy = claim.health === 'error';
  if (!failed && !wasUnhealthy) return [];
  return [unhealthyRuleFinding(claim, failed ? health.reason : null, claim.slotMs)];
}

/**
 * Ends the evaluation of a claimed rule: state, alerts and the next slot in one transaction, if the claim
 * still holds (alerting S24, reliability F2).
 *
 * @returns null when it no longer does: then nothing was written
 */
export async function recordEvaluation(
  db: Db,
  claim: RuleClaim,
  rule: Rule,
  result: RuleResult,
  upSinceMs: number,
): Promise<{ applied: Applied | null } | null> {
  return db.transaction(async (tx) => {
    if (!(await lockClaimedRule(tx, claim))) return null;
    const { instances: stored, changed } = await carryOverAlerts(tx, rule, await readInstances(tx, rule.id));
    const { slotMs, lastSlotMs, intervalSeconds } = claim;
    const stretch = { slotMs, lastSlotMs, upSinceMs, intervalMs: intervalSeconds * 1000 };
    const outcome = transition(rule, result, restoreInstances(stored, stretch), slotMs);
    const { instances: after, transitions, health, failed } = outcome;
    const findings = [...outcome.findings, ...aboutHealth(claim, health, failed)];
    const change = { rule, before: stored, after, transitions, atMs: slotMs };
    const applied = await writeChanges(tx, rule.teamId, [change], findings);
    await finishClaim(tx, claim, health);
    return { applied: withCarried(rule.teamId, changed, applied, new Date(slotMs)) };
  });
}

/** Ends the evaluation of a rule that can't be read: only that rule is unhealthy (reliability F38). */
export async function recordUnreadable(
  db: Db,
  claim: RuleClaim,
  reason: string,
): Promise<{ applied: Applied } | null> {
  return db.transaction(async (tx) => {
    if (!(await lockClaimedRule(tx, claim))) return null;
    const finding = unhealthyRuleFinding(claim, reason, claim.slotMs);
    const applied = await applyFindings(tx, claim.teamId, [finding], await databaseNow(tx));
    await finishClaim(tx, claim, { state: 'error', reason });
    return { applied };
  });
}
