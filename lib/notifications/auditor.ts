import { type SQL, sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';

/** What should have been sent and was not, by the way it was noticed. */
export const AUDIT_CHECKS = [
  'group_untold',
  'page_lost',
  'page_overdue',
  'group_overdue',
  'escalation_overdue',
  'outbox_overdue',
  'alert_unrouted',
  'dead_letter',
] as const;
export type AuditCheck = (typeof AUDIT_CHECKS)[number];

export interface AuditFinding {
  teamId: string;
  check: AuditCheck;
  count: number;
}

/** How far back is looked, how long a loop may lag, and how long a flush has to write its messages. */
const WINDOW = sql`interval '1 hour'`;
const LAG = sql`interval '5 minutes'`;
const GRACE = sql`interval '1 minute'`;

/** One statement a check, each over a short window and by an index, so that the auditor never becomes the load. */
const CHECKS: Record<AuditCheck, SQL> = {
  // A look at the group saw the alert, and no channel that is well has or had a message about it.
  group_untold: sql`
    select g.team_id, count(distinct m.alert_id)::int as count
    from alert_groups g
      join alert_routes r on r.id = g.route_id
      join alert_group_members m on m.group_id = g.id and m.added_at <= g.flushed_at
        and (m.retell_at is null or m.retell_at <= g.flushed_at)
      join alerts a on a.id = m.alert_id and a.status = 'active' and a.suppressed_by = '[]'
      join notification_channels c on r.channel_ids ? c.id::text and c.deleted_at is null and c.status = 'ok'
    where g.flushed_at between alert_now() - ${WINDOW} and alert_now() - ${GRACE}
      and (a.snoozed_until is null or a.snoozed_until < g.flushed_at)
      and coalesce(a.acknowledged_at, '-infinity') < g.flushed_at - ${WINDOW}
      and not exists (
        select 1 from notification_alerts na join notifications n on n.id = na.notification_id
        where na.alert_id = a.id and n.group_id = g.id
          and (n.channel_id = c.id or n.message ->> 'insteadOf' = c.id::text))
      and not exists (
        select 1 from notification_log l
        where l.group_id = g.id and l.channel_id = c.id and l.firing ? a.id::text)
    group by g.team_id`,
  page_lost: sql`
    select p.team_id, count(*)::int as count
    from pages p left join notifications n on n.id = p.notification_id
    where p.state = 'handed_over' and p.created_at > alert_now() - ${WINDOW} and n.id is null
    group by p.team_id`,
  page_overdue: sql`
    select team_id, count(*)::int as count from pages
    where state = 'waiting' and due_at < alert_now() - ${LAG} group by team_id`,
  group_overdue: sql`
    select team_id, count(*)::int as count from alert_groups
    where next_flush_at < alert_now() - ${LAG} group by team_id`,
  escalation_overdue: sql`
    select team_id, count(*)::int as count from escalations
    where state = 'running' and next_at < alert_now() - ${LAG} group by team_id`,
  outbox_overdue: sql`
    select team_id, count(*)::int as count from notifications
    where status in ('queued', 'sending') and next_attempt_at < alert_now() - ${LAG}
      and (lease_until is null or lease_until < alert_now() - ${LAG})
    group by team_id`,
  alert_unrouted: sql`
    select a.team_id, count(*)::int as count from alerts a
    where a.created_at between alert_now() - ${WINDOW} and alert_now() - ${GRACE} * 2 and a.status = 'active'
      and not exists (select 1 from alert_group_members m where m.alert_id = a.id)
    group by a.team_id`,
  // Messages that no form could be found for (reliability F36).
  dead_letter: sql`
    select team_id, count(*)::int as count from notifications
    where created_at > alert_now() - ${WINDOW} and status = 'failed' and finish_reason = 'no_form'
    group by team_id`,
};

/** Compares what should have been sent with what was (reliability F42). */
export async function findUnsent(db: Reader): Promise<AuditFinding[]> {
  const found: AuditFinding[] = [];
  for (const check of AUDIT_CHECKS) {
    const rows = await db.execute<{ team_id: string; count: number }>(CHECKS[check]);
    for (const { team_id, count } of rows) found.push({ teamId: team_id, check, count });
  }
  return found;
}
