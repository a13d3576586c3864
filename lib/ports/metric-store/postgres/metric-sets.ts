import { createHash } from 'node:crypto';
import type pg from 'pg';
import { RecentMap } from './recent-map.ts';
import { ACTIVE_MS, type SeriesCatalog, type StreamInfo } from './series-catalog.ts';

/** Streams written together in one row. */
export interface MetricSet {
  id: number;
  /** The ids as they were asked for: position i of the report. */
  asked: Int32Array;
  /** Position in the stored row of each asked position; null when it is the same. */
  slots: Int32Array | null;
  /** 1 at each asked position that is a gauge. */
  gauges: Uint8Array;
  /** Values in the stored row. */
  width: number;
}

/** Values of one row; a longer report takes several rows. */
export const MAX_SET_WIDTH = 128;
/** Sets of several streams that one agent may have; reports that vary more are stored a row a value. */
const MAX_SETS_PER_AGENT = 32;

/** FNV-1a over 32-bit ids, as a key of a Map. */
function hashIds(ids: Int32Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (ids[i] ?? 0), 0x01000193) ^ (hash >>> 15);
  return hash >>> 0;
}

function sameIds(set: MetricSet, ids: Int32Array, from: number, to: number): boolean {
  if (set.asked.length !== to - from) return false;
  for (let i = 0; i < set.asked.length; i++) if (set.asked[i] !== ids[from + i]) return false;
  return true;
}

/** A report: the position of its first id, and of the one after its last. */
export type Report = readonly [from: number, to: number];

export interface MetricSets {
  /** The set of `ids[from]` up to, not including, `ids[to]`, if this process knows it. */
  find(ids: Int32Array, from: number, to: number): MetricSet | undefined;
  /**
   * Finds or makes the sets of many reports at once. A report of several streams whose agent has too many sets
   * stays unknown: its values must be stored one by one.
   */
  learn(ids: Int32Array, reports: readonly Report[]): Promise<void>;
}

/** A set that this process does not know yet. */
interface NewSet {
  asked: Int32Array;
  stored: readonly number[];
  stream: StreamInfo;
  hash: Buffer;
}

/**
 * A set is deleted with the last of its streams, so the sets of streams that are noted as in use can't go.
 *
 * @param pool sets are made outside the caller's transaction, so that what is remembered is committed
 */
export function createMetricSets(pool: pg.Pool, catalog: SeriesCatalog, now: () => number): MetricSets {
  const byHash = new RecentMap<number, MetricSet[]>(ACTIVE_MS, now);

  function find(ids: Int32Array, from: number, to: number): MetricSet | undefined {
    return byHash.get(hashIds(ids, from, to))?.find((set) => sameIds(set, ids, from, to));
  }

  function describe(asked: Int32Array): NewSet {
    const stream = catalog.get(asked[0] ?? 0);
    if (!stream) throw new Error(`unknown series ${asked[0]}`);
    const stored = [...new Set(asked)];
    const hash = createHash('sha256').update(stored.join()).digest().subarray(0, 16);
    return { asked, stored, stream, hash };
  }

  function remember(id: number, { asked, stored }: NewSet): void {
    if (find(asked, 0, asked.length)) return;
    const set: MetricSet = {
      id,
      asked,
      gauges: Uint8Array.from(asked, (series) => (catalog.get(series)?.kind === 'gauge' ? 1 : 0)),
      slots: stored.length < asked.length ? slotsOf(asked, stored) : null,
      width: stored.length,
    };
    const key = hashIds(asked, 0, asked.length);
    byHash.set(key, [...(byHash.get(key) ?? []), set]);
  }

  /** Remembers those sets that are stored; gives the others. */
  async function recall(sets: readonly NewSet[]): Promise<NewSet[]> {
    if (sets.length === 0) return [];
    const found = await pool.query<{ id: number; hash: Buffer }>(
      'select id, hash from metric_sets where hash = any($1::bytea[])',
      [sets.map((set) => set.hash)],
    );
    const ids = new Map(found.rows.map((row) => [row.hash.toString('latin1'), row.id]));
    return sets.filter((set) => {
      const id = ids.get(set.hash.toString('latin1'));
      if (id !== undefined) remember(id, set);
      return id === undefined;
    });
  }

  return {
    find,
    async learn(ids, reports) {
      byHash.forgetOld();
      const missing = await recall(reports.map(([from, to]) => describe(ids.slice(from, to))));
      const unlike = [...new Map(missing.map((set) => [set.hash.toString('latin1'), set])).values()];
      const fitting = new Set((await withRoom(pool, unlike)).map((set) => set.hash.toString('latin1')));
      await insertSets(
        pool,
        unlike.filter((set) => fitting.has(set.hash.toString('latin1'))),
      );
      const lost = await recall(missing.filter((set) => fitting.has(set.hash.toString('latin1'))));
      if (lost.length > 0) throw new Error('a metric set vanished while it was made');
    },
  };
}

/** The position in the stored row of each asked id. */
function slotsOf(asked: Int32Array, stored: readonly number[]): Int32Array {
  const slots = new Map(stored.map((series, slot) => [series, slot]));
  return Int32Array.from(asked, (series) => slots.get(series) ?? 0);
}

/** The new sets that their agents have room for; those of one stream always have. */
async function withRoom(pool: pg.Pool, sets: readonly NewSet[]): Promise<NewSet[]> {
  const agents = new Set(sets.filter((set) => set.stored.length > 1).map((set) => set.stream.agentId));
  if (agents.size === 0) return [...sets];
  const counted = await pool.query<{ agent_id: string; sets: number }>(
    `select agent_id, count(*)::int as sets from metric_sets
     where agent_id = any($1::uuid[]) and cardinality(series_ids) > 1 group by agent_id`,
    [[...agents]],
  );
  const taken = new Map(counted.rows.map((row) => [row.agent_id, row.sets]));
  return sets.filter(({ stored, stream: { agentId } }) => {
    if (stored.length === 1) return true;
    const count = (taken.get(agentId) ?? 0) + 1;
    if (count <= MAX_SETS_PER_AGENT) taken.set(agentId, count);
    return count <= MAX_SETS_PER_AGENT;
  });
}

/** Writes sets in one statement, in one order everywhere so that writers never wait in a circle. */
async function insertSets(pool: pg.Pool, sets: readonly NewSet[]): Promise<void> {
  if (sets.length === 0) return;
  await pool.query(
    `insert into metric_sets (team_id, agent_id, series_ids, hash)
     select n.team_id, n.agent_id, n.series_ids::int[], n.hash
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[]) as n (team_id, agent_id, series_ids, hash)
     order by n.hash
     on conflict (hash) do nothing`,
    [
      sets.map((set) => set.stream.teamId),
      sets.map((set) => set.stream.agentId),
      sets.map((set) => `{${set.stored.join()}}`),
      sets.map((set) => set.hash),
    ],
  );
}
