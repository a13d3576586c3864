import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { AlertState, ChangedAlert } from '#lib/model/alert-finding.ts';
import { lockAlerts } from './lock-alerts.ts';
import { RESOLVED_BY_HAND } from './open-alerts.ts';
import { doerOf, type TimelineEntry, type TimelineKind, writeTimeline } from './timeline.ts';

/** Somebody acts on alerts. */
export interface Taking {
  actor: Actor;
  ids: readonly string[];
  via: string;
  note: string;
  /** The database's now. */
  at: Date;
}

/** What became of the alerts that somebody acted on. */
export interface Taken {
  changed: ChangedAlert[];
  /** Acknowledged by somebody before, or over: noted in the timeline, and nothing else. */
  repeated: AlertState[];
  late: AlertState[];
}

const userIdOf = (actor: Actor): string | null => (actor.kind === 'user' ? actor.userId : null);
const idsOf = (alerts: readonly AlertState[]) =>
  sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(alerts.map(({ id }) => id))}::text::jsonb))`;

function changedOf(alerts: readonly AlertState[], values: Partial<AlertState>): ChangedAlert[] {
  return alerts.map((alert) => ({
    alertId: alert.id,
    fingerprint: alert.fingerprint,
    change: values.status === 'resolved' ? 'resolved' : 'updated',
    alert: { ...alert, ...values, version: alert.version + 1 },
  }));
}

async function note(
  tx: Tx,
  { actor, via, note: words, at }: Taking,
  entries: readonly [TimelineKind, readonly AlertState[], details?: Record<string, unknown>][],
): Promise<void> {
  const rows = entries.flatMap(([kind, alerts, details]) =>
    alerts.map(({ id }): TimelineEntry => ({ alertId: id, kind, note: words, details })),
  );
  await writeTimeline(tx, actor.teamId, doerOf(actor, via), rows, at);
}

/**
 * Acknowledges alerts (alerting S72, S73): of many who do it at the same time one has them, the others are noted.
 * An acknowledgement expires where the team wants that; a snooze ends at `snoozedUntil` instead (alerting S78).
 */
export async function acknowledgeAlerts(
  tx: Tx,
  taking: Taking,
  snoozedUntil: Date | null = null,
): Promise<Taken> {
  const { actor, ids, at } = taking;
  const alerts = await lockAlerts(tx, actor.teamId, ids);
  const late = alerts.filter(({ status }) => status === 'resolved');
  const taken = alerts.filter(
    ({ status }) => status === 'active' || (snoozedUntil !== null && status !== 'resolved'),
  );
  const repeated = alerts.filter((alert) => !late.includes(alert) && !taken.includes(alert));
  const now = sql`${at.toISOString()}::timestamptz`;
  const until =
    snoozedUntil === null ? sql`null::timestamptz` : sql`${snoozedUntil.toISOString()}::timestamptz`;
  await tx.execute(sql`
    update alerts a set status = 'acknowledged', version = a.version + 1, updated_at = ${now},
      acknowledged_by = ${userIdOf(actor)}::uuid, acknowledged_at = ${now}, snoozed_until = ${until},
      acknowledgement_expires_at = case when ${until} is null then ${now} + (
        select acknowledgement_timeout_ms * interval '1 millisecond' from alert_settings s
        where s.team_id = a.team_id) end
    where a.id in ${idsOf(taken)}`);
  await note(tx, taking, [
    snoozedUntil === null ? ['acknowledged', taken] : ['snoozed', taken, { until: snoozedUntil.getTime() }],
    ['also_acknowledged', repeated],
    ['late_acknowledged', late],
  ]);
  return { changed: changedOf(taken, { status: 'acknowledged' }), repeated, late };
}

/** Resolves alerts by hand; what is over already stays as it is. */
export async function resolveAlerts(tx: Tx, taking: Taking): Promise<Taken> {
  const { actor, ids, at } = taking;
  const alerts = await lockAlerts(tx, actor.teamId, ids);
  const open = alerts.filter(({ status }) => status !== 'resolved');
  const now = sql`${at.toISOString()}::timestamptz`;
  await tx.execute(sql`
    update alerts a set status = 'resolved', version = a.version + 1, updated_at = ${now}, resolved_at = ${now},
      resolved_by = ${userIdOf(actor)}::uuid, resolve_reason = ${RESOLVED_BY_HAND}, snoozed_until = null,
      acknowledgement_expires_at = null
    where a.id in ${idsOf(open)}`);
  await note(tx, taking, [['resolved', open]]);
  const late = alerts.filter(({ status }) => status === 'resolved');
  return { changed: changedOf(open, { status: 'resolved' }), repeated: [], late };
}

/** Whom alerts are handed to. */
interface Assignee {
  userId: string;
  name: string;
}

/** Hands alerts to somebody, who is to acknowledge them: they are active again and no longer snoozed (alerting S78). */
export async function reassignAlerts(tx: Tx, taking: Taking, person: Assignee): Promise<Taken> {
  const { actor, ids, at } = taking;
  const alerts = await lockAlerts(tx, actor.teamId, ids);
  const open = alerts.filter(({ status }) => status !== 'resolved');
  await tx.execute(sql`
    update alerts a set status = 'active', version = a.version + 1, updated_at = ${at.toISOString()}::timestamptz,
      assignee_id = ${person.userId}::uuid, acknowledged_by = null, acknowledged_at = null,
      acknowledgement_expires_at = null, snoozed_until = null
    where a.id in ${idsOf(open)}`);
  await note(tx, taking, [['reassigned', open, { userId: person.userId, userName: person.name }]]);
  const late = alerts.filter(({ status }) => status === 'resolved');
  return { changed: changedOf(open, { status: 'active' }), repeated: [], late };
}
