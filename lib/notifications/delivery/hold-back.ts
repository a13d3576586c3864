import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import type { ChannelKind } from '#lib/model/alert.ts';
import { personalLimits, planRate, type WaitingMessage } from './rate-plan.ts';

/** How far back sends count: the longest period of all limits. */
const LOOK_BACK_HOURS = 3;

interface DueAddress extends Record<string, unknown> {
  destination: string;
  kind: ChannelKind;
  now_ms: number;
  waiting: WaitingMessage[];
  sent: { at: number; priority: number }[];
}

/**
 * Addresses of people for whom something is due, with what went there lately. A channel that a policy names takes
 * every page at once: the limits are those of a telephone.
 */
function dueAddresses(db: Db) {
  return db.execute<DueAddress>(sql`
    select due.destination, due.kind, (extract(epoch from alert_now()) * 1000)::float8 as now_ms, due.waiting,
      (select coalesce(jsonb_agg(jsonb_build_object('priority', sent.priority,
          'at', (extract(epoch from sent.finished_at) * 1000)::float8)), '[]')
        from notifications sent
        where sent.destination = due.destination and sent.purpose = 'page'
          and sent.status in ('sent', 'delivered') and sent.finish_reason is distinct from 'bundled'
          and sent.created_at > alert_now() - make_interval(hours => ${4 * LOOK_BACK_HOURS})
          and sent.finished_at > alert_now() - make_interval(hours => ${LOOK_BACK_HOURS})) as sent
    from (
      select destination, kind, jsonb_agg(jsonb_build_object('id', id, 'priority', priority,
        'queuedAt', (extract(epoch from created_at) * 1000)::float8)) as waiting
      from notifications
      where purpose = 'page' and channel_id is null and status = 'queued' and next_attempt_at <= alert_now()
      group by destination, kind
    ) due`);
}

/**
 * Makes pages wait whose address had its share; when it may have more, they go out together (alerting S86).
 *
 * @returns ids of the pages that may go now; one that came after this look waits for the next
 */
export async function holdBackPages(db: Db): Promise<string[]> {
  const cleared: string[] = [];
  const held: { destination: string; until: string }[] = [];
  for (const { destination, kind, now_ms, waiting, sent } of await dueAddresses(db)) {
    const { resumeAt } = planRate(waiting, sent, personalLimits(kind), now_ms);
    if (resumeAt === null) cleared.push(...waiting.map(({ id }) => id));
    else held.push({ destination, until: new Date(resumeAt).toISOString() });
  }
  if (held.length > 0) {
    await db.execute(sql`
      update notifications n set next_attempt_at = held.until
      from jsonb_to_recordset(${JSON.stringify(held)}::text::jsonb) as held(destination text, until timestamptz)
      where n.destination = held.destination and n.purpose = 'page' and n.status = 'queued'
        and n.next_attempt_at <= alert_now()`);
  }
  return cleared;
}
