import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';

/** A start or stop that one worker has taken on to send. */
export interface ControlClaim {
  agentId: string;
  teamId: string;
  name: string;
  action: 'start' | 'stop';
  controlUrl: string;
  sealedSecret: string;
  requestId: string;
  by: { kind: 'user' | 'key'; id: string } | null;
  /** How often it was sent, this time included. */
  attempts: number;
  /** Unix milliseconds of the database. */
  claimedAtMs: number;
}

interface ClaimedRow extends Record<string, unknown> {
  id: string;
  team_id: string;
  name: string;
  desired_state: 'running' | 'stopped';
  control_url: string;
  control_secret: string;
  control_request_id: string;
  desired_by: ControlClaim['by'];
  control_attempts: number;
  claimed_ms: number;
}

const BATCH = 20;
export const MAX_ATTEMPTS = 5;
/** Before a request is sent again; also how long one waits that a worker took on and died with. */
const RETRY_SECONDS = 15;

/** Takes on requests that were not sent yet, or not accepted in a while; each by one worker. */
export async function claimControlRequests(db: Db): Promise<ControlClaim[]> {
  const rows = await db.execute<ClaimedRow>(sql`
    with due as materialized (
      select id from agents
      where desired_state is not null and deleted_at is null and control_accepted_at is null
        and control_url is not null and control_secret is not null and control_attempts < ${MAX_ATTEMPTS}
        and (control_sent_at is null
          or control_sent_at <= clock_timestamp() - make_interval(secs => ${RETRY_SECONDS}))
      order by desired_since
      limit ${BATCH}
      for update skip locked
    )
    update agents set control_sent_at = clock_timestamp(), control_attempts = control_attempts + 1
    from due where agents.id = due.id
    returning agents.id, team_id, name, desired_state, control_url, control_secret, control_request_id,
      desired_by, control_attempts, floor(extract(epoch from control_sent_at) * 1000)::float8 as claimed_ms`);
  return rows.map((row) => ({
    agentId: row.id,
    teamId: row.team_id,
    name: row.name,
    action: row.desired_state === 'running' ? 'start' : 'stop',
    controlUrl: row.control_url,
    sealedSecret: row.control_secret,
    requestId: row.control_request_id,
    by: row.desired_by,
    attempts: row.control_attempts,
    claimedAtMs: row.claimed_ms,
  }));
}
