import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';

/** Agent runs that ended within a window of time, and how many of them failed. */
export interface RunRate {
  total: number;
  failed: number;
}

/** How far back the health of an agent looks for failed runs. */
const RUN_WINDOW_MS = 5 * 60_000;

/** Runs of the last 5 minutes before `nowMs` by agent, from the 10-second roll-ups; agents without runs are absent. */
export async function readRunRates(
  db: Db,
  agentIds: readonly string[],
  nowMs: number,
): Promise<Map<string, RunRate>> {
  if (agentIds.length === 0) return new Map();
  const rows = await db.execute<{ agent_id: string; total: number; failed: number }>(sql`
    select s.agent_id, sum(r.calls)::int as total, sum(r.errors)::int as failed
    from operation_series s
    join rollup_operations_10 r on r.series_id = s.id and r.at >= ${new Date(nowMs - RUN_WINDOW_MS).toISOString()}::timestamptz
    where s.class = 'run' and s.agent_id = any(${sql.param(`{${agentIds.join(',')}}`)}::uuid[])
    group by s.agent_id
    having sum(r.calls) > 0`);
  return new Map(rows.map((row) => [row.agent_id, { total: row.total, failed: row.failed }]));
}
