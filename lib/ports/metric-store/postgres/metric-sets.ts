import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { SeriesCatalog } from './series-catalog.ts';

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

export interface MetricSets {
  /** The set of `ids[from]` up to, not including, `ids[to]`, if this process knows it. */
  find(ids: Int32Array, from: number, to: number): MetricSet | undefined;
  /** Finds or makes it; null when the agent has too many and the values must be stored one by one. */
  make(ids: Int32Array, from: number, to: number): Promise<MetricSet | null>;
}

/** @param pool sets are made outside the caller's transaction, so that what is remembered is committed */
export function createMetricSets(pool: pg.Pool, catalog: SeriesCatalog): MetricSets {
  const byHash = new Map<number, MetricSet[]>();
  const setsOfAgent = new Map<string, number>();

  function find(ids: Int32Array, from: number, to: number): MetricSet | undefined {
    return byHash.get(hashIds(ids, from, to))?.find((set) => sameIds(set, ids, from, to));
  }

  /** True when the agent may have one more set of several streams. */
  async function hasRoom(agentId: string): Promise<boolean> {
    let sets = setsOfAgent.get(agentId);
    if (sets === undefined) {
      const counted = await pool.query(
        'select count(*)::int as sets from metric_sets where agent_id = $1 and cardinality(series_ids) > 1',
        [agentId],
      );
      sets = Number(counted.rows[0].sets);
    }
    setsOfAgent.set(agentId, sets);
    return sets < MAX_SETS_PER_AGENT;
  }

  async function insert(teamId: string, agentId: string, stored: readonly number[]): Promise<number> {
    const hash = createHash('sha256').update(stored.join()).digest().subarray(0, 16);
    await pool.query(
      `insert into metric_sets (team_id, agent_id, series_ids, hash) values ($1, $2, $3, $4)
       on conflict (hash) do nothing`,
      [teamId, agentId, stored, hash],
    );
    const row = await pool.query<{ id: number }>('select id from metric_sets where hash = $1', [hash]);
    const id = row.rows[0]?.id;
    if (id === undefined) throw new Error('a metric set vanished while it was made');
    return id;
  }

  async function make(ids: Int32Array, from: number, to: number): Promise<MetricSet | null> {
    const asked = ids.slice(from, to);
    const stream = catalog.get(asked[0] ?? 0);
    if (!stream) throw new Error(`unknown series ${asked[0]}`);
    const stored = [...new Set(asked)];
    if (stored.length > 1 && !(await hasRoom(stream.agentId))) return null;
    const id = await insert(stream.teamId, stream.agentId, stored);
    if (stored.length > 1) setsOfAgent.set(stream.agentId, (setsOfAgent.get(stream.agentId) ?? 0) + 1);
    const repeats = stored.length < asked.length;
    const set: MetricSet = {
      id,
      asked,
      gauges: Uint8Array.from(asked, (series) => (catalog.get(series)?.kind === 'gauge' ? 1 : 0)),
      slots: repeats ? Int32Array.from(asked, (series) => stored.indexOf(series)) : null,
      width: stored.length,
    };
    const hash = hashIds(ids, from, to);
    byHash.set(hash, [...(byHash.get(hash) ?? []), set]);
    return set;
  }

  return { find, make };
}
