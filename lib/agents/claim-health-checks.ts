import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import type { AgentStatus } from '#lib/model/agent.ts';
import type { DesiredState } from './decide-health.ts';
import { type HealthMemory, readMemory } from './health-memory.ts';

/** An agent whose health one worker has taken on to check now. Times are Unix milliseconds of the database. */
export interface HealthClaim {
  agentId: string;
  teamId: string;
  name: string;
  status: AgentStatus;
  statusReason: string;
  statusSinceMs: number;
  lastTelemetryMs: number | null;
  isReadyInCluster: boolean;
  healthUrl: string | null;
  /** Null: the installation's default. */
  intervalSeconds: number | null;
  /** Null: the installation's default. */
  timeoutSeconds: number | null;
  memory: HealthMemory;
  desired: Omit<DesiredState, 'watchedSinceMs'> | null;
  requestId: string | null;
  /** When it was taken on: the fence that keeps a late result of an older check from being written. */
  claimedAtMs: number;
  /** When it was taken on the last time before; null for the first time. */
  checkedBeforeMs: number | null;
}

/** How often an agent is looked at while a start or stop waits to be confirmed. */
const PENDING_INTERVAL_MS = 2000;

type Moment =
  | 'status_since'
  | 'last_telemetry_at'
  | 'desired_since'
  | 'control_sent_at'
  | 'control_accepted_at'
  | 'last_health_check_at'
  | 'checked_before';
const ms = (column: Moment) =>
  sql.join([sql`floor(extract(epoch from `, sql.identifier(column), sql`) * 1000)::float8`]);

/** One that is stopped since it was made was not stopped by anybody: it has only not been heard of. */
const IS_READY_IN_CLUSTER = sql`last_telemetry_at is null
  and (status <> 'stopped' or status_since = created_at)
  and exists (select from cluster_agents found
    where found.agent_id = agents.id and found.presence = 'present'
      and (found.facts->>'readyReplicas')::int > 0)`;

interface ClaimedRow extends Record<string, unknown> {
  id: string;
  team_id: string;
  name: string;
  status: AgentStatus;
  status_reason: string;
  status_since_ms: number;
  last_telemetry_ms: number | null;
  is_ready_in_cluster: boolean;
  health_url: string | null;
  health_interval_seconds: number | null;
  health_timeout_seconds: number | null;
  health: unknown;
  desired_state: 'running' | 'stopped' | null;
  desired_since_ms: number | null;
  control_sent_ms: number | null;
  control_accepted_ms: number | null;
  can_be_sent: boolean;
  control_request_id: string | null;
  claimed_ms: number;
  checked_before_ms: number | null;
}

function toClaim(row: ClaimedRow): HealthClaim {
  return {
    agentId: row.id,
    teamId: row.team_id,
    name: row.name,
    status: row.status,
    statusReason: row.status_reason,
    statusSinceMs: row.status_since_ms,
    lastTelemetryMs: row.last_telemetry_ms,
    isReadyInCluster: row.is_ready_in_cluster,
    healthUrl: row.health_url,
    intervalSeconds: row.health_interval_seconds,
    timeoutSeconds: row.health_timeout_seconds,
    memory: readMemory(row.health),
    desired: row.desired_state && {
      state: row.desired_state,
      sinceMs: row.desired_since_ms ?? row.claimed_ms,
      sentAtMs: row.control_sent_ms,
      acceptedAtMs: row.control_accepted_ms,
      canBeSent: row.can_be_sent,
    },
    requestId: row.control_request_id,
    claimedAtMs: row.claimed_ms,
    checkedBeforeMs: row.checked_before_ms,
  };
}

/**
 * Takes on at most `limit` agents that are due: their interval has passed, or a stopped or unreachable one
 * has been heard of since. Several workers share the agents: a row that another worker holds is skipped, and
 * what a worker that died had taken on is due again an interval later.
 */
export async function claimHealthChecks(
  db: Db,
  { limit, intervalMs }: { limit: number; intervalMs: number },
): Promise<HealthClaim[]> {
  const rows = await db.execute<ClaimedRow>(sql`
    with due as materialized (
      select id, last_health_check_at as checked_before from agents
      where deleted_at is null and (
        last_health_check_at is null
        or last_health_check_at <= clock_timestamp() - make_interval(secs =>
          case when desired_state is not null then ${PENDING_INTERVAL_MS / 1000}::float8
               else coalesce(health_interval_seconds, ${intervalMs / 1000}::float8) end)
        or (status in ('stopped', 'unreachable') and last_telemetry_at > greatest(status_since, last_health_check_at))
      )
      order by last_health_check_at nulls first
      limit ${limit}
      for update skip locked
    )
    update agents set last_health_check_at = date_trunc('milliseconds', clock_timestamp())
    from due where agents.id = due.id
    returning agents.id, team_id, name, status, status_reason, health_url, health_interval_seconds,
      health_timeout_seconds, health,
      desired_state, control_request_id, ${IS_READY_IN_CLUSTER} as is_ready_in_cluster,
      control_url is not null and control_secret is not null as can_be_sent,
      ${ms('status_since')} as status_since_ms, ${ms('last_telemetry_at')} as last_telemetry_ms,
      ${ms('desired_since')} as desired_since_ms, ${ms('control_sent_at')} as control_sent_ms, ${ms('control_accepted_at')} as control_accepted_ms,
      ${ms('last_health_check_at')} as claimed_ms, ${ms('checked_before')} as checked_before_ms`);
  return rows.map(toClaim);
}
