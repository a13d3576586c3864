import { sql } from 'drizzle-orm';
import type { Reader } from './client.ts';

/**
 * The agents of a team that called models or tools and of which no run ever came, by id: what counts runs (request
 * rate, error rate, latency, rules on runs) has nothing of them.
 */
export async function readAgentsWithoutRuns(db: Reader, teamId: string): Promise<Set<string>> {
  const rows = await db.execute<{ agent_id: string }>(sql`
    select agent_id from operation_series
    where team_id = ${teamId}::uuid and agent_id is not null
    group by agent_id
    having bool_or(class in ('model', 'tool')) and not bool_or(class = 'run')`);
  return new Set(rows.map(({ agent_id }) => agent_id));
}
