import { createHash } from 'node:crypto';
import type pg from 'pg';
import { toStorable } from '#lib/model/storable-text.ts';
import type { MetricKind, SeriesIdentity } from '#lib/model/telemetry.ts';
import type { SeriesResolution } from '../port.ts';
import { ACTIVE_MS, type SeriesCatalog, STREAM_COLUMNS } from './series-catalog.ts';

interface Wanted {
  agentId: string;
  identity: SeriesIdentity;
}

/** One row of the table `series` to be. */
interface NewSeries {
  hash: Buffer;
  scope: 'stream' | 'agent' | 'team';
  agentId: string | null;
  kind: MetricKind;
  identity: SeriesIdentity;
  agentHash: Buffer | null;
  teamHash: Buffer | null;
}

const keyOf = (hash: Buffer): string => hash.toString('latin1');

/** Kind under which streams of different temporality meet in one roll-up. */
function rolledKind(kind: MetricKind): MetricKind {
  if (kind === 'gauge') return kind;
  return kind.endsWith('histogram') ? 'delta_histogram' : 'delta_sum';
}

function hashOf(scope: string, owner: string, kind: MetricKind, identity: SeriesIdentity): Buffer {
  const attributes = Object.entries(identity.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts: unknown[] = [scope, owner, kind, identity.metric, identity.unit, attributes];
  if (scope === 'stream') parts.push(identity.serviceName, identity.instance);
  return createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
}

function streamOf({ agentId, identity }: Wanted): NewSeries {
  const kind = rolledKind(identity.kind);
  return {
    hash: hashOf('stream', agentId, identity.kind, identity),
    scope: 'stream',
    agentId,
    kind: identity.kind,
    identity,
    agentHash: hashOf('agent', agentId, kind, identity),
    teamHash: hashOf('team', '', kind, identity),
  };
}

/** A row with the roll-up series that it leads to; roll-up series lead nowhere. */
type Placed = NewSeries & { agentSeriesId: number | null; teamSeriesId: number | null };

/** Adds rows of one scope; those that exist are left alone. */
async function insertSeries(
  tx: pg.ClientBase,
  teamId: string,
  rows: readonly Placed[],
  nowMs: number,
): Promise<void> {
  await tx.query(
    `insert into series (team_id, agent_id, scope, identity_hash, metric, unit, kind, instance, service_name,
                         attributes, agent_series_id, team_series_id, last_seen_at)
     select $1, n.agent_id, n.scope, n.hash, n.metric, n.unit, n.kind, n.instance, n.service_name,
            n.attributes::jsonb, n.agent_series_id, n.team_series_id, $13
     from unnest($2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                 $10::text[], $11::int[], $12::int[])
          as n (agent_id, scope, hash, metric, unit, kind, instance, service_name, attributes, agent_series_id,
                team_series_id)
     on conflict (team_id, identity_hash) do nothing`,
    [
      teamId,
      rows.map((row) => row.agentId),
      rows.map((row) => row.scope),
      rows.map((row) => row.hash),
      rows.map((row) => toStorable(row.identity.metric)),
      rows.map((row) => toStorable(row.identity.unit)),
      rows.map((row) => row.kind),
      rows.map((row) => (row.scope === 'stream' ? toStorable(row.identity.instance) : '')),
      rows.map((row) => (row.scope === 'stream' ? toStorable(row.identity.serviceName) : '')),
      rows.map((row) => toStorable(JSON.stringify(row.identity.attributes)).replaceAll('\\u0000', '')),
      rows.map((row) => row.agentSeriesId),
      rows.map((row) => row.teamSeriesId),
      new Date(nowMs),
    ],
  );
}

/**
 * Adds streams and the roll-up series that they lead to. The ids are handed over by this process: a join of
 * new rows with rows that are newer than the statistics takes seconds.
 */
async function insertStreams(
  tx: pg.ClientBase,
  teamId: string,
  streams: readonly NewSeries[],
  nowMs: number,
): Promise<void> {
  const rolled = [...rolledSeries(streams, 'team'), ...rolledSeries(streams, 'agent')];
  await insertSeries(
    tx,
    teamId,
    rolled.map((row) => ({ ...row, agentSeriesId: null, teamSeriesId: null })),
    nowMs,
  );
  const found = await tx.query<{ id: number; identity_hash: Buffer }>(
    'select id, identity_hash from series where team_id = $1 and identity_hash = any($2::bytea[])',
    [teamId, rolled.map((row) => row.hash)],
  );
  const ids = new Map(found.rows.map((row) => [keyOf(row.identity_hash), row.id]));
  const idOf = (hash: Buffer | null) => (hash && ids.get(keyOf(hash))) ?? null;
  await insertSeries(
    tx,
    teamId,
    streams.map((row) => ({
      ...row,
      agentSeriesId: idOf(row.agentHash),
      teamSeriesId: idOf(row.teamHash),
    })),
    nowMs,
  );
}

function uniqueByHash(rows: readonly NewSeries[]): NewSeries[] {
  return [...new Map(rows.map((row) => [keyOf(row.hash), row])).values()];
}

/** The roll-up series of new streams: one of the team and one of the agent for each set of attributes. */
function rolledSeries(streams: readonly NewSeries[], scope: 'agent' | 'team'): NewSeries[] {
  return uniqueByHash(
    streams.map((stream) => ({
      ...stream,
      scope,
      hash: (scope === 'agent' ? stream.agentHash : stream.teamHash) ?? stream.hash,
      agentId: scope === 'agent' ? stream.agentId : null,
      kind: rolledKind(stream.kind),
      agentHash: null,
      teamHash: null,
    })),
  );
}

/** The streams that exist and were used within the last hour: nobody has to ask whether there is room for them. */
async function findActive(
  tx: pg.ClientBase | pg.Pool,
  catalog: SeriesCatalog,
  teamId: string,
  streams: readonly NewSeries[],
  nowMs: number,
): Promise<Map<string, number>> {
  const found = await tx.query(
    `select ${STREAM_COLUMNS}, identity_hash from series
     where team_id = $1 and identity_hash = any($2::bytea[]) and last_seen_at > $3`,
    [teamId, streams.map((stream) => stream.hash), new Date(nowMs - ACTIVE_MS)],
  );
  return new Map(found.rows.map((row) => [keyOf(row.identity_hash), catalog.add(row).id] as const));
}

/** Brings back idle streams that are used again. */
async function wakeStreams(
  tx: pg.ClientBase,
  teamId: string,
  streams: readonly NewSeries[],
  nowMs: number,
): Promise<void> {
  await tx.query(
    `update series set last_seen_at = $3, is_idle = false
     where team_id = $1 and identity_hash = any($2::bytea[]) and last_seen_at < $3`,
    [teamId, streams.map((stream) => stream.hash), new Date(nowMs)],
  );
}

/** How long a team or an agent that reached its limit is not counted again. */
const FULL_FOR_MS = 5_000;
const MAX_FULL_REMEMBERED = 10_000;

/** What counts against the limits: streams that were used within the last hour ($2 is an hour ago). */
const COUNTED = `team_id = $1 and scope = 'stream' and not is_idle and last_seen_at > $2`;

/** Active streams that each of the agents has. */
async function countStreams(
  tx: pg.ClientBase,
  teamId: string,
  agentIds: Iterable<string | null>,
  nowMs: number,
): Promise<Map<string | null, number>> {
  const counted = await tx.query<{ agent_id: string; streams: number }>(
    `select agent_id, count(*)::int as streams from series
     where ${COUNTED} and agent_id = any($3::uuid[]) group by agent_id`,
    [teamId, new Date(nowMs - ACTIVE_MS), [...new Set(agentIds)]],
  );
  return new Map(counted.rows.map((row) => [row.agent_id, row.streams]));
}

/**
 * Finds or makes the series of streams, one team at a time: makers of one team wait for each other, so
 * that the limit is exact over any number of processes.
 */
export function createSeriesResolver(pool: pg.Pool, catalog: SeriesCatalog, now: () => number) {
  /** By team id or agent id. */
  const fullUntil = new Map<string, number>();

  function noteFull(id: string): void {
    if (fullUntil.size >= MAX_FULL_REMEMBERED) fullUntil.clear();
    fullUntil.set(id, now() + FULL_FOR_MS);
  }

  const isFull = (id: string): boolean => (fullUntil.get(id) ?? 0) > now();

  /** The streams, new or idle until now, that their agents have room for. */
  async function withinAgents(
    tx: pg.ClientBase,
    teamId: string,
    missing: readonly NewSeries[],
    perAgent: number,
    nowMs: number,
  ) {
    const streams = await countStreams(
      tx,
      teamId,
      missing.map((stream) => stream.agentId),
      nowMs,
    );
    return missing.filter(({ agentId }) => {
      const count = (streams.get(agentId) ?? 0) + 1;
      if (count > perAgent) noteFull(agentId ?? '');
      else streams.set(agentId, count);
      return count <= perAgent;
    });
  }

  async function make(
    teamId: string,
    wanted: readonly NewSeries[],
    maxSeries: number,
    maxPerAgent: number,
  ): Promise<Map<string, number>> {
    const nowMs = now();
    const tx = await pool.connect();
    try {
      await tx.query('begin');
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [teamId]);
      const active = await findActive(tx, catalog, teamId, wanted, nowMs);
      const missing = wanted.filter((stream) => !active.has(keyOf(stream.hash)));
      const counted = await tx.query(`select count(*)::int as streams from series where ${COUNTED}`, [
        teamId,
        new Date(nowMs - ACTIVE_MS),
      ]);
      const fitting = await withinAgents(tx, teamId, missing, maxPerAgent, nowMs);
      const allowed = fitting.slice(0, Math.max(0, maxSeries - counted.rows[0].streams));
      if (allowed.length < fitting.length) noteFull(teamId);
      if (allowed.length > 0) {
        await insertStreams(tx, teamId, allowed, nowMs);
        await wakeStreams(tx, teamId, allowed, nowMs);
      }
      const made = await findActive(tx, catalog, teamId, allowed, nowMs);
      await tx.query('commit');
      return new Map([...active, ...made]);
    } catch (error) {
      await tx.query('rollback').catch(() => {});
      throw error;
    } finally {
      tx.release();
    }
  }

  return async function resolveSeries(
    teamId: string,
    wanted: readonly Wanted[],
    maxSeries: number,
    maxPerAgent = Number.POSITIVE_INFINITY,
  ): Promise<SeriesResolution> {
    if (wanted.length === 0) return { ids: [] };
    const streams = wanted.map(streamOf);
    const found = await findActive(pool, catalog, teamId, streams, now());
    const missing = uniqueByHash(
      streams.filter((stream) => !found.has(keyOf(stream.hash)) && !isFull(stream.agentId ?? '')),
    );
    if (missing.length > 0 && !isFull(teamId)) {
      const made = await make(teamId, missing, maxSeries, maxPerAgent);
      for (const [key, id] of made) found.set(key, id);
    }
    return { ids: streams.map((stream) => found.get(keyOf(stream.hash)) ?? null) };
  };
}
