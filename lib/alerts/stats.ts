import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { type AlertStats, statsInputSchema } from '#lib/model/alert-stats.ts';

const DAY_MS = 86_400_000;
const MOST_ROWS = 50;

/** The alerts that count, with how long each took; acknowledgements are read from the timeline, which keeps them all. */
function counted(teamId: string, agentId: string | undefined, since: Date) {
  const ofAgent = agentId === undefined ? sql`true` : sql`a.agent_id = ${agentId}::uuid`;
  return sql`
    select a.*, extract(epoch from k.at - a.created_at)::float8 as ack_s,
      extract(epoch from a.resolved_at - a.created_at)::float8 as resolve_s
    from alerts a
    left join lateral (
      select min(e.at) as at from alert_events e where e.alert_id = a.id and e.kind in ('acknowledged', 'snoozed')
    ) k on true
    where a.team_id = ${teamId}::uuid and a.created_at >= ${since.toISOString()}::timestamptz and ${ofAgent}`;
}

type Totals = Omit<AlertStats, 'byDay' | 'byAgent' | 'bySource'>;

async function readTotals(db: Db, from: ReturnType<typeof sql>): Promise<Totals> {
  const [row] = await db.execute<Totals & Record<string, unknown>>(sql`
    select count(*)::int as opened, count(ack_s)::int as acknowledged, count(resolve_s)::int as resolved,
      avg(ack_s) as "meanTimeToAcknowledge", avg(resolve_s) as "meanTimeToResolve",
      percentile_cont(0.9) within group (order by ack_s) as "p90TimeToAcknowledge",
      percentile_cont(0.9) within group (order by resolve_s) as "p90TimeToResolve",
      count(*) filter (where feedback = 'useful')::int as useful, count(*) filter (where feedback = 'noise')::int as noise
    from (${from}) c`);
  if (!row) throw new Error('An aggregate gave no row.');
  return row;
}

/**
 * How alerts were handled: mean time to acknowledge and to resolve, alerts by agent and by day, and what people
 * called useful or noise. Of alerts that opened in the last days.
 */
export const readAlertStats = defineQuery({
  name: 'alerts.stats',
  permission: 'alerts:read',
  isHeavy: true,
  input: statsInputSchema,
  async run({ input: { days, agentId }, actor, db }): Promise<AlertStats> {
    const now = (await databaseNow(db)).getTime();
    const since = new Date(Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS);
    const from = counted(actor.teamId, agentId, since);
    const totals = await readTotals(db, from);
    const day = (column: 'created_at' | 'resolved_at') =>
      sql`floor(extract(epoch from ${sql.identifier(column)}) / 86400)::float8 * ${DAY_MS}::float8`;
    const byDay = await db.execute<AlertStats['byDay'][number] & Record<string, unknown>>(sql`
      select day, sum(opened)::int as opened, sum(resolved)::int as resolved from (
        select ${day('created_at')} as day, 1 as opened, 0 as resolved from (${from}) o
        union all select ${day('resolved_at')}, 0, 1 from (${from}) r where resolved_at is not null
      ) d group by day order by day`);
    const byAgent = await db.execute<AlertStats['byAgent'][number] & Record<string, unknown>>(sql`
      select c.agent_id as "agentId", max(g.name) as "agentName", count(*)::int as opened,
        count(*) filter (where feedback = 'noise')::int as noise, avg(ack_s) as "meanTimeToAcknowledge"
      from (${from}) c left join agents g on g.id = c.agent_id
      group by c.agent_id order by opened desc, c.agent_id limit ${MOST_ROWS}`);
    const bySource = await db.execute<AlertStats['bySource'][number] & Record<string, unknown>>(sql`
      select max(coalesce(labels ->> 'alertname', title)) as title, count(*)::int as opened,
        count(*) filter (where feedback = 'useful')::int as useful,
        count(*) filter (where feedback = 'noise')::int as noise, count(*) filter (where flapping)::int as flapping
      from (${from}) c group by source, source_id, coalesce(labels ->> 'alertname', '')
      order by opened desc limit ${MOST_ROWS}`);
    return { ...totals, byDay: [...byDay], byAgent: [...byAgent], bySource: [...bySource] };
  },
});
