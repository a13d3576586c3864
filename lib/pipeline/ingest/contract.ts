import type { Refusals } from '#lib/model/telemetry.ts';

/**
 * The pipeline: the straight paths on which several nouns meet. Files of one path share its name
 * (`ingest-*`, `store-*`).
 *
 * This file says what the doors of ingest hand in and get back, and what the path reports about itself.
 */
export type Signal = 'traces' | 'metrics' | 'logs';
export type Encoding = 'protobuf' | 'json';

/** One export request of an authenticated key, decompressed. */
export interface ExportRequest {
  teamId: string;
  keyId: string;
  signal: Signal;
  encoding: Encoding;
  body: Buffer;
  /** Unix milliseconds at which the first byte was read; the basis of the shown delay. */
  receivedAtMs: number;
}

/**
 * Takes one request. Resolves after its items are durable, with what was refused of it.
 *
 * @throws AppError `invalid` when it can't be parsed, `rate_limited` or `unavailable` when it was not
 *   taken and may be sent again
 */
export type Ingest = (request: ExportRequest) => Promise<Refusals>;

/** What the path tells about its own work; the process turns it into metrics. */
export interface IngestMeter {
  accepted(signal: Signal, items: number): void;
  refused(signal: Signal, refusals: Refusals): void;
  duplicate(signal: Signal): void;
  /** Attributes that no table of the normaliser knows. */
  unmapped(attributes: number): void;
  /** One group commit: seconds it took and rows it carried, or that it failed. */
  flushed(ok: boolean, seconds: number, rows: number): void;
  tickPublished(ok: boolean): void;
}
