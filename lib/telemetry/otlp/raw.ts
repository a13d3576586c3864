/**
 * OTLP as it is on the wire: both encodings (protobuf, JSON) of traces, logs and metrics, read into one
 * shape without interpreting what the attributes mean.
 *
 * This file holds that shape and the limits of what is read.
 */

/**
 * A value of an attribute, safe for JSON: integers beyond 2^53 and non-finite numbers are strings, bytes
 * are base64, maps are objects without a prototype.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | AttributeValue[]
  | { [key: string]: AttributeValue };

export type RawAttributes = Map<string, AttributeValue>;

export interface RawScope {
  name: string;
  version: string;
}

/** One event of a span. */
export interface RawEvent {
  name: string;
  /** Unix nanoseconds, within the accepted time range. */
  timeNs: bigint;
  attributes: RawAttributes;
}

/** A span with checked ids and times; everything else as sent. */
export interface RawSpan {
  resource: RawAttributes;
  scope: RawScope;
  /** 32 lower-case hex digits, not all zero. */
  traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  spanId: string;
  parentSpanId: string | null;
  name: string;
  /** OTLP SpanKind 0 to 5. */
  kind: number;
  startNs: bigint;
  /** Never before `startNs`: a clock that was set back makes a duration of 0. */
  endNs: bigint;
  attributes: RawAttributes;
  events: RawEvent[];
  /** OTLP StatusCode: 0 unset, 1 ok, 2 error. */
  statusCode: number;
  statusMessage: string;
  /** Attributes and events left out because of a limit. */
  droppedItems: number;
}

/** A log record with a checked time. */
export interface RawLog {
  resource: RawAttributes;
  scope: RawScope;
  timeNs: bigint;
  traceId: string | null;
  spanId: string | null;
  /** OTLP SeverityNumber 0 to 24. */
  severity: number;
  eventName: string;
  body: AttributeValue;
  attributes: RawAttributes;
  droppedItems: number;
}

/** How a request is encoded; `json` is OTLP/JSON (hex ids, 64-bit numbers as strings or numbers). */
export type OtlpEncoding = 'protobuf' | 'json';

/** What is accepted. Times in milliseconds. */
export interface DecodeOptions {
  encoding?: OtlpEncoding;
  /** The receiver's clock, Unix milliseconds. */
  nowMs: number;
  /** Items older than this are refused as `too_old`. */
  maxAgeMs: number;
  /** Items further ahead than this are refused as `in_the_future`. */
  maxFutureMs: number;
  /** True keeps prompts, completions and tool arguments; by default they are dropped while decoding. */
  captureContent?: boolean;
}

/** Caps of one request and of one item in it. */
export const LIMITS = {
  attributesPerItem: 128,
  /** Content attributes are counted apart: flattened message lists are long. */
  contentAttributesPerItem: 512,
  keyBytes: 256,
  valueBytes: 32 * 1024,
  /** Names of spans; those of agents have MAX_AGENT_NAME of lib/model/agent.ts, as people and keys have. */
  nameBytes: 1024,
  nesting: 16,
  /** Elements of one list or map value. */
  elementsPerValue: 1024,
  eventsPerSpan: 128,
  itemsPerRequest: 50_000,
  pointsPerRequest: 200_000,
  bucketsPerPoint: 4096,
  metricNameBytes: 255,
  /** Length of a value that becomes part of a series. */
  seriesValueChars: 128,
} as const;
