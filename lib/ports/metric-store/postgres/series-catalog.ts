import type pg from 'pg';
import type { MetricKind } from '#lib/model/telemetry.ts';
import { RecentMap } from './recent-map.ts';

/** A stream that is silent for this long is idle: it counts against no limit (specs/performance.md 4). */
export const ACTIVE_MS = 3_600_000;
/** A stream in use is noted at least this often, so it is never taken for idle or deleted. */
const NOTED_EVERY_MS = 900_000;

/** What the store needs to know of a stream to write and roll up its points. */
export interface StreamInfo {
  id: number;
  teamId: string;
  agentId: string;
  kind: MetricKind;
  /** The series that its values are rolled up under. */
  agentSeriesId: number;
  teamSeriesId: number;
}

interface Known extends StreamInfo {
  /** Until then the store knows that the stream is in use. Unix milliseconds. */
  notedUntilMs: number;
}

interface StreamRow {
  id: number;
  team_id: string;
  agent_id: string;
  kind: MetricKind;
  agent_series_id: number;
  team_series_id: number;
}

export const STREAM_COLUMNS = 'id, team_id, agent_id, kind, agent_series_id, team_series_id';

/** The streams that this process met within the last hour, by id. Streams never change, but idle ones are deleted. */
export interface SeriesCatalog {
  get(id: number): StreamInfo | undefined;
  add(row: StreamRow): StreamInfo;
  /** Reads the streams that are not known yet; ids that no longer exist stay unknown. */
  load(ids: Iterable<number>): Promise<void>;
  /**
   * The stream of each id, which is noted as in use: none of them is deleted before what is written under it now
   * is past its retention.
   *
   * @throws Error when the store has forgotten one of them: its id must be resolved anew
   */
  use(ids: ArrayLike<number>): Promise<readonly StreamInfo[]>;
}

/** Spread over time, or all streams of a process would be noted anew at the same moment. */
const notedFor = (id: number): number => NOTED_EVERY_MS * (0.5 + ((id * 7919) % 1000) / 2000);

export function createSeriesCatalog(pool: pg.Pool, now: () => number): SeriesCatalog {
  const streams = new RecentMap<number, Known>(ACTIVE_MS, now);

  function add(row: StreamRow): Known {
    const known = streams.get(row.id);
    if (known) return known;
    const info: Known = {
      id: row.id,
      teamId: row.team_id,
      agentId: row.agent_id,
      kind: row.kind,
      agentSeriesId: row.agent_series_id,
      teamSeriesId: row.team_series_id,
      notedUntilMs: 0,
    };
    streams.set(row.id, info);
    return info;
  }

  async function load(ids: Iterable<number>): Promise<void> {
    streams.forgetOld();
    const missing = [...ids].filter((id) => !streams.get(id));
    if (missing.length === 0) return;
    const found = await pool.query<StreamRow>(
      `select ${STREAM_COLUMNS} from series where id = any($1::int[]) and scope = 'stream'`,
      [missing],
    );
    for (const row of found.rows) add(row);
  }

  /** Notes streams as in use, in one order everywhere so that processes never wait for each other in a circle. */
  async function note(ids: readonly number[], nowMs: number): Promise<void> {
    const noted = await pool.query<StreamRow>(
      `with used as materialized (
         select id as used_id from series where id = any($1::int[]) and scope = 'stream'
         order by id for no key update)
       update series set last_seen_at = greatest(last_seen_at, $2), is_idle = false
       from used where id = used_id
       returning ${STREAM_COLUMNS}`,
      [ids, new Date(nowMs)],
    );
    for (const row of noted.rows) add(row).notedUntilMs = nowMs + notedFor(row.id);
  }

  async function use(ids: ArrayLike<number>): Promise<readonly StreamInfo[]> {
    streams.forgetOld();
    const nowMs = now();
    const found: Known[] = new Array(ids.length);
    const due = new Set<number>();
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      const known = streams.get(id);
      if (known && known.notedUntilMs > nowMs) found[i] = known;
      else due.add(id);
    }
    if (due.size === 0) return found;
    await note([...due], nowMs);
    for (let i = 0; i < ids.length; i++) {
      if (found[i]) continue;
      const known = streams.get(ids[i] as number);
      if (!known || known.notedUntilMs <= nowMs) throw new Error(`series ${ids[i]} is not known any more`);
      found[i] = known;
    }
    return found;
  }

  return { get: (id) => streams.get(id), add, load, use };
}
