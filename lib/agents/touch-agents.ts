import type pg from 'pg';
import { toStorable } from '#lib/model/storable-text.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/** The newest telemetry of an agent, and what it says about itself. */
export interface AgentTouch {
  agentId: string;
  /** Unix milliseconds. */
  lastTelemetryMs: number;
  version: string | null;
  convention: string | null;
}

/**
 * While a rollout replaces replicas, old and new ones tell their versions in turn: going back to a version that
 * was left this recently is no change of its own.
 */
const FLAPPING = '5 minutes';

/**
 * Writes down when agents were last heard of; never moves it back. A version that differs from the one known is
 * a change, kept for the charts. Meant to be called with many agents every few seconds. Agents of other teams
 * and deleted ones are left alone.
 */
export async function touchAgents(pool: pg.Pool, touches: readonly AgentTouch[]): Promise<void> {
  if (touches.length === 0) return;
  const sorted = [...touches].sort((a, b) => (a.agentId < b.agentId ? -1 : 1));
  await pool.query(
    `with t as (
       select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::uuid[])
         as t (id, at, version, convention, change_id)
     ), known as (
       select a.id, a.team_id, a.version from agents a join t on t.id = a.id
       where a.deleted_at is null order by a.id for update of a
     ), changed as (
       insert into agent_version_changes (id, team_id, agent_id, from_version, to_version, at)
       select t.change_id, k.team_id, k.id, k.version, t.version, t.at
       from known k join t on t.id = k.id
       where t.version <> k.version and not exists (
         select from agent_version_changes c
         where c.agent_id = k.id and t.version in (c.from_version, c.to_version)
           and c.at > t.at - interval '${FLAPPING}'
       )
     )
     update agents a
     set last_telemetry_at = greatest(a.last_telemetry_at, t.at),
         version = coalesce(t.version, a.version), convention = coalesce(t.convention, a.convention)
     from t join known k on k.id = t.id
     where a.id = t.id`,
    [
      sorted.map((touch) => touch.agentId),
      sorted.map((touch) => new Date(touch.lastTelemetryMs)),
      sorted.map((touch) => (touch.version === null ? null : toStorable(touch.version))),
      sorted.map((touch) => touch.convention),
      sorted.map(() => uuidv7()),
    ],
  );
}
