import { notificationChannels } from '#db/schema/notifications.ts';
import { escalationPolicies, schedules } from '#db/schema/on-call.ts';
import type { EscalationStep, Rotation } from '#lib/model/on-call.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { startEscalations } from '#lib/on-call/start-escalation.ts';
import { stopEscalations } from '#lib/on-call/stop-escalation.ts';
import { enterEscalationSteps } from '#lib/pipeline/escalate/enter-escalation-steps.ts';
import { handOverPages } from '#lib/pipeline/escalate/hand-over-pages.ts';
import { makeMember, makeTeam } from './factories.ts';
import { makeAlert } from './notifications.ts';
import { setDatabaseClock } from './rule-world.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;

/** A step that tells people, by their ids. */
export function stepFor(userIds: readonly string[], values: Partial<EscalationStep> = {}): EscalationStep {
  return { targets: userIds.map((id) => ({ kind: 'user', id })), delayMinutes: 5, hours: null, ...values };
}

/** A team on a database whose clock goes only when it is told to, and the cycles of a worker on it. */
export async function onCallWorld(world: World, start: string) {
  const team = await makeTeam(world);
  let nowMs = Date.parse(start);
  await setDatabaseClock(world, nowMs);
  const now = () => new Date(nowMs);
  const transact = world.db.transaction.bind(world.db);
  return {
    teamId: team.id,
    now,
    /** Moves the clock; nothing runs meanwhile. */
    async pass(minutes: number) {
      nowMs += minutes * MINUTE_MS;
      await setDatabaseClock(world, nowMs);
    },
    person: (name: string) => makeMember(world, team.id, 'developer', { name }),
    alert: (values: Parameters<typeof makeAlert>[2] = {}) =>
      makeAlert(world, team.id, { startsAt: now(), ...values }),
    async policy(steps: readonly EscalationStep[], repeat = 0) {
      const id = uuidv7();
      await world.db
        .insert(escalationPolicies)
        .values({ id, teamId: team.id, name: `policy ${id}`, steps: [...steps], repeat });
      return id;
    },
    async schedule(rotations: readonly Rotation[], timeZone = 'UTC') {
      const id = uuidv7();
      await world.db
        .insert(schedules)
        .values({ id, teamId: team.id, name: `schedule ${id}`, timeZone, rotations: [...rotations] });
      return id;
    },
    async channel() {
      const id = uuidv7();
      await world.db
        .insert(notificationChannels)
        .values({ id, teamId: team.id, kind: 'webhook', name: `channel ${id}` });
      return id;
    },
    start: (alertId: string, policyId: string) =>
      transact((tx) => startEscalations(tx, team.id, [{ alertId, policyId }], now())),
    stop: (alertId: string, reason = 'acknowledged') =>
      transact((tx) => stopEscalations(tx, [alertId], reason, now())),
    /** One cycle of a worker that was just started: nothing is remembered but what the database holds. */
    async cycle() {
      await enterEscalationSteps(world.db);
      return handOverPages(world.db);
    },
    /** Who was told about an alert so far, in order: names of people and of channels. */
    async told(alertId: string): Promise<string[]> {
      const rows = await world.sql<{ name: string }[]>`
        select coalesce(u.name, 'channel') as name from notifications n
        join notification_alerts na on na.notification_id = n.id left join users u on u.id = n.user_id
        where na.alert_id = ${alertId} and n.purpose = 'page' and n.status <> 'cancelled' order by n.created_at, n.id`;
      return rows.map(({ name }) => name);
    },
    async timeline(alertId: string): Promise<string[]> {
      const rows = await world.sql<{ kind: string }[]>`
        select kind from alert_events where alert_id = ${alertId} order by at, id`;
      return rows.map(({ kind }) => kind);
    },
  };
}
