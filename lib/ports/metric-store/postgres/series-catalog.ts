import type pg from 'pg';
import type { MetricKind } from '#lib/model/telemetry.ts';

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
  add(row: StreamRow): StreamInfo;
  /** Reads the streams that are not known yet; ids that no longer exist stay unknown. */
  load(ids: Iterable<number>): Promise<void>;
}

export function createSeriesCatalog(pool: pg.Pool): SeriesCatalog {
  const streams = new Map<number, StreamInfo>();
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
    return info;
  }
  return {
    get: (id) => streams.get(id),
    add,
    async load(ids) {
      const missing = [...ids].filter((id) => !streams.has(id));
      if (missing.length === 0) return;
      const found = await pool.query<StreamRow>(
        `select ${STREAM_COLUMNS} from series where id = any($1::int[]) and scope = 'stream'`,
        [missing],
      );
      for (const row of found.rows) add(row);
    },
  };
}
