import type { NormalisedLog, NormalisedSpan } from '#lib/model/telemetry.ts';
import type { HistogramPoint, PointColumns } from '#lib/ports/metric-store/port.ts';

/**
 * What ingest hands to the store: one accepted OTLP request after decoding, normalising and resolving
 * its agents and series. A request is stored whole in one transaction or not at all, except for the
 * items that `WriteOutcome` names.
 */
export interface IngestRequest {
  teamId: string;
  /** SHA-256 of the (decompressed) body, 32 bytes; the same bytes within 24 hours are stored once. */
  requestHash: Uint8Array;
  spans: readonly OwnedSpan[];
  logs: readonly OwnedLog[];
  /** Points whose series were resolved by `MetricStore.resolveSeries` for this team. */
  points: PointColumns;
  histograms: readonly HistogramPoint[];
}

export interface OwnedSpan {
  agentId: string;
  span: NormalisedSpan;
}

export interface OwnedLog {
  /** Null for a log record that belongs to no agent. */
  agentId: string | null;
  log: NormalisedLog;
}

/** An item that was not stored although its request was. `index` counts within the request's list of that signal. */
export interface RefusedItem {
  signal: 'span' | 'log' | 'point' | 'histogram';
  index: number;
  reason: 'too_old' | 'in_the_future' | 'malformed';
}

/** What became of one request; position i answers request i. */
export interface WriteOutcome {
  /** The same body was stored before: nothing was added, the sender is answered as if it had been. */
  duplicateRequest: boolean;
  /** Indices into `spans` that were stored before (by trace and span id): not counted again. */
  duplicateSpans: readonly number[];
  refused: readonly RefusedItem[];
}

/**
 * The durable store of accepted requests. `write` resolves after COMMIT.
 *
 * @throws AppError `unavailable` when the database can't take the batch now (answer 503, nothing is stored)
 */
export interface BatchStore {
  write(requests: readonly IngestRequest[]): Promise<WriteOutcome[]>;
}
