import { and, inArray, isNull } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { notificationChannels } from '#db/schema/notifications.ts';
import { escalationPolicies, schedules } from '#db/schema/on-call.ts';
import type { ChannelKind } from '#lib/model/alert.ts';
import { type EscalationStep, type EscalationTarget, readSteps } from '#lib/model/on-call.ts';
import { readSchedules, type ScheduleRecord } from './read-schedules.ts';
import type { EscalationPlan, Reached } from './step-escalation.ts';
import { readTeamPeople, type TeamPerson } from './team-people.ts';
import { resolveOnCall } from './who-is-on-call.ts';

interface Channel {
  id: string;
  teamId: string;
  kind: ChannelKind;
  name: string;
}

/** Everything that decides whom the steps of some policies reach at one moment. */
export interface PolicyFacts {
  plans: Map<string, EscalationPlan & { name: string }>;
  channels: Map<string, Channel>;
  people: TeamPerson[];
  schedules: Map<string, ScheduleRecord>;
  /** Unix milliseconds. */
  now: number;
}

const idsOf = (targets: readonly EscalationTarget[], kind: EscalationTarget['kind']) => [
  ...new Set(targets.filter((target) => target.kind === kind).map(({ id }) => id)),
];

/** Reads policies as they are now; deleted ones too, whose running escalations go on to their end. */
export async function readPolicies(
  tx: Tx,
  policyIds: readonly string[],
  teamIds: readonly string[],
  at: Date,
): Promise<PolicyFacts> {
  const rows = await tx
    .select()
    .from(escalationPolicies)
    .where(inArray(escalationPolicies.id, [...policyIds]));
  const plans = new Map(
    rows.map((row) => [row.id, { name: row.name, steps: readSteps(row.steps), repeat: row.repeat }]),
  );
  const targets = [...plans.values()].flatMap(({ steps }) => steps.flatMap((step) => step.targets));
  const now = at.getTime();
  const found = await readSchedules(tx, inArray(schedules.id, idsOf(targets, 'schedule')), {
    from: now,
    to: now + 1,
  });
  const channels = await tx
    .select({
      id: notificationChannels.id,
      teamId: notificationChannels.teamId,
      kind: notificationChannels.kind,
      name: notificationChannels.name,
    })
    .from(notificationChannels)
    .where(
      and(
        inArray(notificationChannels.id, idsOf(targets, 'channel')),
        isNull(notificationChannels.deletedAt),
      ),
    );
  return {
    plans,
    channels: new Map(channels.map((channel) => [channel.id, channel])),
    people: await readTeamPeople(tx, teamIds),
    schedules: new Map(found.map((schedule) => [schedule.id, schedule])),
    now,
  };
}

/** Whom a step reaches now, among those who are in the team. */
export function reachOf(facts: PolicyFacts, teamId: string): (step: EscalationStep) => Reached {
  const present = new Set(facts.people.filter((one) => one.teamId === teamId).map(({ userId }) => userId));
  const personOf = ({ kind, id }: EscalationTarget): string | null => {
    if (kind === 'user') return id;
    const schedule = facts.schedules.get(id);
    return schedule ? resolveOnCall(schedule, schedule.overrides, facts.now).userId : null;
  };
  return ({ targets }) => ({
    userIds: [...new Set(targets.filter(({ kind }) => kind !== 'channel').map(personOf))].filter(
      (id): id is string => id !== null && present.has(id),
    ),
    channelIds: idsOf(targets, 'channel').filter((id) => facts.channels.get(id)?.teamId === teamId),
  });
}
