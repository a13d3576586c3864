import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineQuery } from '#lib/command/define-query.ts';
import { type BookEntry, receiverReport } from './receiver-report.ts';

const DAY_MS = 86_400_000;
/** Days (UTC) that a report covers, today included. */
const DAYS = 7;

type Row = Record<string, unknown> & Omit<BookEntry, 'count' | 'lastAtMs'> & { count: string; at_ms: number };

/**
 * What each sender of the team had accepted and refused in the last 7 days, with what helps. The book is written
 * every few seconds, so the last of these may be missing.
 */
export const listSenders = defineQuery({
  name: 'receiver.senders',
  permission: 'receiver:read',
  input: z.strictObject({}),
  run: async ({ actor, db, now }) => {
    const since = (Math.floor(now.getTime() / DAY_MS) - DAYS + 1) * DAY_MS;
    const firstDay = new Date(since).toISOString().slice(0, 10);
    const rows = await db.execute<Row>(sql`
      select sender, outcome, case when outcome in ('accepted', 'duplicate', 'unmapped') then detail else '' end as detail,
             sum(count)::text as count, extract(epoch from max(last_at))::float8 * 1000 as at_ms
      from sender_stats
      where team_id = ${actor.teamId} and day >= ${firstDay}::date
      group by 1, 2, 3`);
    const entries = [...rows].map(({ sender, outcome, detail, count, at_ms }) => ({
      ...{ sender, outcome, detail },
      count: Number(count),
      lastAtMs: Math.round(at_ms),
    }));
    return receiverReport(entries, since);
  },
});
