import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { systemDoer, type TimelineEntry, writeTimeline } from '#lib/alerts/timeline.ts';
import {
  type FailedStep,
  findFailedHandOvers,
  findFailedSteps,
  hurryEscalations,
} from '#lib/on-call/hurry.ts';
import { pagePeople } from '#lib/on-call/page-people.ts';
import { readTeamPeople, type TeamPerson } from '#lib/on-call/team-people.ts';

type TeamEntry = TimelineEntry & { teamId: string };

/** The next step follows now instead of after its delay. */
async function hurry(tx: Tx, steps: readonly FailedStep[]): Promise<TeamEntry[]> {
  if (steps.length === 0) return [];
  const hurried = new Set(
    await hurryEscalations(
      tx,
      steps.map(({ alertId }) => alertId),
    ),
  );
  return steps
    .filter(({ alertId }) => hurried.has(alertId))
    .map(({ alertId, teamId }) => ({
      alertId,
      teamId,
      kind: 'escalation_hurried',
      note: 'no message of the step arrived',
    }));
}

/** Where no step follows, the administrators of the team are the last resort, as when nobody was on call. */
async function tellAdministrators(tx: Tx, steps: readonly FailedStep[], at: Date): Promise<TeamEntry[]> {
  if (steps.length === 0) return [];
  const people = await readTeamPeople(tx, [...new Set(steps.map(({ teamId }) => teamId))]);
  const adminsOf = ({ teamId }: FailedStep): TeamPerson[] =>
    people.filter((one) => one.teamId === teamId && one.isAdmin);
  const pages = steps.map((step) => ({
    alertId: step.alertId,
    teamId: step.teamId,
    severity: step.severity,
    userIds: adminsOf(step).map(({ userId }) => userId),
    cause: `${step.entered}.fallback`,
  }));
  await pagePeople(tx, pages, at);
  return steps.map((step) => ({
    alertId: step.alertId,
    teamId: step.teamId,
    kind: 'escalated',
    note: adminsOf(step)
      .map(({ name }) => name)
      .join(', '),
    details: { policy: step.policy, fallback: true },
  }));
}

/**
 * Escalates alerts now whose messages failed, where nothing of their step is left that could reach somebody
 * (alerting S93): the next step follows at once, after the last one and after a hand-over the administrators are
 * told. A policy that repeats then goes on after its delay, so that it cannot spin while nothing arrives. Call it in
 * the transaction that writes the failure, and wake `escalations` after the commit.
 */
export async function escalateFailedSteps(tx: Tx, alertIds: readonly string[]): Promise<void> {
  if (alertIds.length === 0) return;
  const failed = [...(await findFailedSteps(tx, alertIds)), ...(await findFailedHandOvers(tx, alertIds))];
  if (failed.length === 0) return;
  const at = await databaseNow(tx);
  const { last = [], inner = [] } = Object.groupBy(failed, ({ isLast }) => (isLast ? 'last' : 'inner'));
  const entries = [...(await hurry(tx, inner)), ...(await tellAdministrators(tx, last, at))];
  for (const [teamId, own] of Map.groupBy(entries, (entry) => entry.teamId))
    await writeTimeline(tx, teamId, systemDoer('escalation'), own, at);
}
