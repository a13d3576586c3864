/**
 * Alerts: the life of an alert, from the finding that opens it to its resolution, and what keeps it quiet
 * (silences, maintenance, inhibition). Rules that find things stand in `rules/`; who is told stands elsewhere.
 *
 * This file holds the timeline: one row for everything that happens to an alert.
 */
import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { Actor } from '#lib/access/actor.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/** Kinds that this room and the pipeline write; delivery adds its own. */
export type TimelineKind =
  | 'opened'
  | 'updated'
  | 'severity_raised'
  | 'resolved'
  | 'flapping'
  | 'acknowledged'
  | 'also_acknowledged'
  | 'late_acknowledged'
  | 'acknowledgement_expired'
  | 'snoozed'
  | 'snooze_ended'
  | 'reassigned'
  | 'reopened'
  | 'commented'
  | 'feedback'
  | 'suppressed'
  | 'unsuppressed'
  | 'escalated'
  | 'nobody_on_call'
  | 'escalation_paused'
  | 'escalation_exhausted'
  | 'escalation_hurried';

export interface TimelineEntry {
  alertId: string;
  kind: TimelineKind;
  note?: string;
  details?: Readonly<Record<string, unknown>>;
}

/** Who did it and through which door. */
interface Doer {
  kind: Actor['kind'];
  id: string;
  name: string;
  via: string;
}

export function doerOf(actor: Actor, via: string): Doer {
  if (actor.kind === 'user') return { kind: 'user', id: actor.userId, name: actor.name || actor.email, via };
  if (actor.kind === 'key') return { kind: 'key', id: actor.keyId, name: actor.keyName, via };
  return { kind: 'system', id: actor.name, name: actor.name, via };
}

/** What Pitwall does by itself. */
export function systemDoer(name: string): Doer {
  return { kind: 'system', id: name, name, via: name };
}

/** Adds entries of one doer and one moment to the timelines of the team's alerts; one statement for all of them. */
export async function writeTimeline(
  tx: Tx,
  teamId: string,
  doer: Doer,
  entries: readonly TimelineEntry[],
  at: Date,
): Promise<void> {
  if (entries.length === 0) return;
  // Entries of one moment are read by their ids, which are only in order when they are put into it.
  const ids = entries.map(() => uuidv7()).sort();
  const rows = entries.map((entry, i) => ({
    id: ids[i],
    alert_id: entry.alertId,
    kind: entry.kind,
    note: entry.note ?? '',
    details: entry.details ?? {},
  }));
  await tx.execute(sql`
    insert into alert_events (id, team_id, alert_id, kind, at, actor_kind, actor_id, actor_name, via, note, details)
    select r.id, ${teamId}::uuid, r.alert_id, r.kind, ${at.toISOString()}::timestamptz, ${doer.kind}, ${doer.id},
      ${doer.name}, ${doer.via}, r.note, r.details
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(id uuid, alert_id uuid, kind text, note text, details jsonb)`);
}
