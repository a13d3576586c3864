import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';

/** What ended within a window of time, and how much of it failed. */
export interface RunRate {
  total: number;
  failed: number;
  /** What is counted: runs, or the calls of an agent that has none. */
  of: 'run' | 'model' | 'tool';
}

/** How far back the health of an agent looks for failures. */
const RUN_WINDOW_MS = 5 * 60_000;

/**
 * Runs of the last 5 minutes before `nowMs` by agent, from the 10-second roll-ups. An agent whose telemetry never
 * had a run is judged by its model calls, or its tool calls where it has only these; agents without any are absent.
 */
export async function readRunRates(
  db: Db,
  agentIds: readonly string[],
  nowMs: number,
): Promise<Map<string, RunRate>> {
  if (agentIds.length === 0) return new Map();
  const rows = await db.execute<{ agent_id: string; of: RunRate['of']; total: number; failed: number }>(sql`
    with counted as (
      select id, agent_id, class,
             rank() over (partition by agent_id order by array_position(array['run', 'model', 'tool'], class)) as place
      from operation_series
      where class in ('run', 'model', 'tool')
        and agent_id = any(${sql.param(`{${agentIds.join(',')}}`)}::uuid[])
    )
    select s.agent_id, s.class as of, sum(r.calls)::int as total, sum(r.errors)::int as failed
    from counted s
    join rollup_operations_10 r on r.series_id = s.id and r.at >= ${new Date(nowMs - RUN_WINDOW_MS).toISOString()}::timestamptz
    where s.place = 1
    group by s.agent_id, s.class
    having sum(r.calls) > 0`);
  return new Map(rows.map(({ agent_id, of, total, failed }) => [agent_id, { total, failed, of }]));
}
