import type pg from 'pg';
import type { MetricKind } from '#lib/model/telemetry.ts';

/** The OTLP metrics that an agent, or any agent of the team, has sent, by name. */
export async function listMetrics(
  pool: pg.Pool,
  teamId: string,
  agentId?: string,
): Promise<{ metric: string; unit: string; kind: MetricKind }[]> {
  const found = await pool.query<{ metric: string; unit: string; kind: MetricKind }>(
    `select distinct metric, unit, kind from series
     where team_id = $1 and scope = $2 and ($3::uuid is null or agent_id = $3)
     order by metric, unit, kind`,
    [teamId, agentId === undefined ? 'team' : 'agent', agentId ?? null],
  );
  return found.rows;
}
