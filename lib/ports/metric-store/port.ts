import type {
  MetricAnswer,
  MetricMeasure,
  MetricQuery,
  OperationMeasure,
  RollupLevel,
} from '#lib/model/metric.ts';
import type { MetricKind, SeriesIdentity } from '#lib/model/telemetry.ts';

/** Points as columns; index i is one point. Times are Unix milliseconds. */
export interface PointColumns {
  seriesId: Int32Array;
  timeMs: Float64Array;
  /** Start of the cumulative or delta interval, 0 when the sender gave none. */
  startMs: Float64Array;
  value: Float64Array;
}

/** One histogram point; explicit and exponential histograms arrive as the sparse sketch of lib/telemetry. */
export interface HistogramPoint {
  seriesId: number;
  timeMs: number;
  startMs: number;
  count: number;
  sum: number;
  min: number | null;
  max: number | null;
  /** Encoded sketch (lib/telemetry/sketch.ts). */
  sketch: Uint8Array;
}

export interface PointBatch {
  teamId: string;
  points: PointColumns;
  histograms: readonly HistogramPoint[];
}

export interface SeriesResolution {
  /** Series id for each identity asked for, or null where a limit refused a new series, or one that was idle. */
  ids: (number | null)[];
}

/** One value for each of some groups of agents in each of some windows: what rules are evaluated on. */
export interface WindowsQuery {
  metric: string;
  measure: OperationMeasure | MetricMeasure;
  of?: 'agent' | 'model' | 'tool';
  model?: string;
  /** Ids of the agents of each group; null is one group of the whole team. */
  groups: readonly (readonly string[])[] | null;
  /** Unix milliseconds, `to` excluded, multiples of 10 s; windows may overlap. */
  windows: readonly { from: number; to: number }[];
}

/** `values[group][window]` is null where nothing was observed; `counts` are the observations behind them. */
export interface WindowsAnswer {
  values: (number | null)[][];
  counts: number[][];
}

/**
 * The promise of a metric store. The PostgreSQL adapter is the default; another adapter must pass the
 * same contract suite unchanged. `Tx` is the transaction in which the request is claimed: an adapter
 * that writes elsewhere spools through it, so that nothing answered 2xx can be lost.
 */
export interface MetricStore<Tx> {
  /**
   * Finds or makes series. Those that were used within the last hour count against `maxSeries` of the team and
   * `maxPerAgent` of their agent, exactly, over any number of processes; one that comes back after an hour needs
   * room like a new one. Identities carry a resolved agent. An id may be used for 45 minutes, and on for as
   * long after each use; then it is resolved anew.
   */
  resolveSeries(
    teamId: string,
    wanted: readonly { agentId: string; identity: SeriesIdentity }[],
    maxSeries: number,
    maxPerAgent?: number,
  ): Promise<SeriesResolution>;
  /**
   * Writes points as part of the caller's transaction. Late points land in the window of their own time.
   *
   * @throws Error for a series that the store has forgotten since it was resolved: nothing is stored where
   *   it would not be found
   */
  append(tx: Tx, batches: readonly PointBatch[]): Promise<void>;
  /**
   * Marks the windows that hold the given times (of span ends and points) as changed. The last thing before
   * COMMIT: it locks the marks of this writer until then.
   */
  markChanged(tx: Tx, times: readonly { teamId: string; timesMs: Iterable<number> }[]): Promise<void>;
  /** Rolls up windows that have new data and are closed at `nowMs`; returns the number of windows done. */
  rollUp(nowMs: number, signal?: AbortSignal): Promise<number>;
  /** Answers a query; picks the level from range and pixels; never reads raw points of a whole team. */
  query(teamId: string, query: MetricQuery): Promise<MetricAnswer>;
  /**
   * Measures whole windows, each value over all of its window. Windows older than 4 hours, or longer than 12, are known to the
   * minute.
   *
   * @throws AppError `invalid` when the measure does not exist for the metric
   */
  measureWindows(teamId: string, query: WindowsQuery): Promise<WindowsAnswer>;
  /** Names, kinds and units of the OTLP metrics of an agent (or of the whole team). */
  listMetrics(
    teamId: string,
    agentId?: string,
  ): Promise<{ metric: string; unit: string; kind: MetricKind }[]>;
  /** Makes partitions ahead of time and drops those whose retention has passed. */
  maintain(nowMs: number, retentionDays: { raw: number; levels: Record<RollupLevel, number> }): Promise<void>;
}

/** The reading half of a metric store. */
export type MetricReader = Pick<MetricStore<never>, 'query' | 'listMetrics' | 'measureWindows'>;
