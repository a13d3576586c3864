import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { NotifyReason } from '#lib/model/alert.ts';

/** Why what was told of an alert is told again, in a code and in words for the message. */
export interface Retelling {
  alertId: string;
  reason: NotifyReason;
  words: string;
}

/**
 * Lets the groups of alerts be told of them again, and at once where they have been looked at before: after a
 * silence or maintenance ended, after the severity rose (alerting S53, S56, S76). A look that came in between did not
 * see it yet: what is to be told again is newer than that.
 */
export async function retellAlerts(tx: Tx, retellings: readonly Retelling[], at: Date): Promise<void> {
  if (retellings.length === 0) return;
  const now = at.toISOString();
  await tx.execute(sql`
    with wish as materialized (
      select r."alertId" as alert_id, jsonb_build_object('reason', r.reason, 'words', r.words) as retell
      from jsonb_to_recordset(${JSON.stringify(retellings)}::text::jsonb)
        as r("alertId" uuid, reason text, words text)
    ), locked as materialized (
      select g.id, g.flushed_at from alert_groups g
      where g.id in (select m.group_id from alert_group_members m join wish using (alert_id))
      order by g.group_key for update
    ), hurried as (
      update alert_groups g set next_flush_at = case when g.flushed_at is null then g.next_flush_at
        else least(g.next_flush_at, ${now}::timestamptz) end
      from locked where g.id = locked.id
    )
    update alert_group_members m set retell = wish.retell,
      retell_at = greatest(${now}::timestamptz, locked.flushed_at + interval '1 millisecond')
    from wish, locked where m.alert_id = wish.alert_id and m.group_id = locked.id`);
}
