import type pg from 'pg';
import type { MetricKind } from '#lib/model/telemetry.ts';

const DAY_MS = 86_400_000;

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

interface StreamRow {
  id: number;
  team_id: string;
  agent_id: string;
  kind: MetricKind;
  agent_series_id: number;
  team_series_id: number;
}

export const STREAM_COLUMNS = 'id, team_id, agent_id, kind, agent_series_id, team_series_id';

/** The streams that this process met, by id. Streams never change, so nothing needs to be refreshed. */
export interface SeriesCatalog {
  get(id: number): StreamInfo | undefined;
  /** A small number for the agent of a stream, the same for all of its streams; 0 when the stream is unknown. */
  agentNumber(id: number): number;
  add(row: StreamRow): StreamInfo;
  /** Reads the streams that are not known yet; ids that no longer exist stay unknown. */
  load(ids: Iterable<number>): Promise<void>;
  /** Reads what is not known and notes, once a day, that the streams are still in use. */
  seen(ids: Iterable<number>): Promise<void>;
}

export function createSeriesCatalog(pool: pg.Pool, now: () => number): SeriesCatalog {
  const streams = new Map<number, StreamInfo>();
  const numberOfAgent = new Map<string, number>();
  let agentNumbers = new Int32Array(1024);
  let day = 0;
  let seenToday = new Set<number>();

  function add(row: StreamRow): StreamInfo {
    const info: StreamInfo = {
      id: row.id,
      teamId: row.team_id,
      agentId: row.agent_id,
      kind: row.kind,
      agentSeriesId: row.agent_series_id,
      teamSeriesId: row.team_series_id,
    };
    streams.set(row.id, info);
    if (row.id >= agentNumbers.length) {
      const grown = new Int32Array(Math.max(row.id + 1, agentNumbers.length * 2));
      grown.set(agentNumbers);
      agentNumbers = grown;
    }
    const agent = numberOfAgent.get(row.agent_id) ?? numberOfAgent.size + 1;
    numberOfAgent.set(row.agent_id, agent);
    agentNumbers[row.id] = agent;
    return info;
  }
  async function load(ids: Iterable<number>): Promise<void> {
    const missing = [...ids].filter((id) => !streams.has(id));
    if (missing.length === 0) return;
    const found = await pool.query<StreamRow>(
      `select ${STREAM_COLUMNS} from series where id = any($1::int[]) and scope = 'stream'`,
      [missing],
    );
    for (const row of found.rows) add(row);
  }

  async function seen(ids: Iterable<number>): Promise<void> {
    const today = Math.floor(now() / DAY_MS);
    if (today !== day) seenToday = new Set();
    day = today;
    const unseen = new Set<number>();
    for (const id of ids) if (!seenToday.has(id)) unseen.add(id);
    if (unseen.size === 0) return;
    await load(unseen);
    await pool.query('update series set last_day = $2 where id = any($1::int[]) and last_day < $2', [
      [...unseen],
      new Date(today * DAY_MS).toISOString().slice(0, 10),
    ]);
    for (const id of unseen) seenToday.add(id);
  }

  return { get: (id) => streams.get(id), agentNumber: (id) => agentNumbers[id] ?? 0, add, load, seen };
}
