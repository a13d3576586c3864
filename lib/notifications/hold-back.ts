import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import type { ChannelKind } from '#lib/model/alert.ts';
import { LONGEST_WINDOW_SECONDS, nextAllowedMs } from './send-limits.ts';

interface DueAddress extends Record<string, unknown> {
  destination: string;
  kind: ChannelKind;
  now_ms: number;
  sent_ms: number[];
}

/** Addresses of people for whom something is due, with what went there lately. */
function dueAddresses(db: Db) {
  return db.execute<DueAddress>(sql`
    with due as (
      select distinct destination, kind from notifications
      where purpose = 'page' and status = 'queued' and next_attempt_at <= alert_now()
    )
    select due.destination, due.kind, (extract(epoch from alert_now()) * 1000)::float8 as now_ms,
      coalesce(jsonb_agg((extract(epoch from sent.finished_at) * 1000)::float8)
        filter (where sent.id is not null), '[]') as sent_ms
    from due left join notifications sent on sent.destination = due.destination and sent.purpose = 'page'
      and sent.status in ('sent', 'delivered') and sent.finish_reason is distinct from 'bundled'
      and sent.created_at > alert_now() - make_interval(secs => ${2 * LONGEST_WINDOW_SECONDS})
      and sent.finished_at > alert_now() - make_interval(secs => ${LONGEST_WINDOW_SECONDS})
    group by due.destination, due.kind`);
}

/** Makes pages wait whose address had its share; when it may have more, they go out together (alerting S86). */
export async function holdBackPages(db: Db): Promise<void> {
  const waiting: { destination: string; until: string }[] = [];
  for (const { destination, kind, now_ms, sent_ms } of await dueAddresses(db)) {
    const at = nextAllowedMs(kind, sent_ms, now_ms);
    if (at > now_ms) waiting.push({ destination, until: new Date(at).toISOString() });
  }
  if (waiting.length === 0) return;
  await db.execute(sql`
    update notifications n set next_attempt_at = held.until
    from jsonb_to_recordset(${JSON.stringify(waiting)}::text::jsonb) as held(destination text, until timestamptz)
    where n.destination = held.destination and n.purpose = 'page' and n.status = 'queued'
      and n.next_attempt_at < held.until`);
}
