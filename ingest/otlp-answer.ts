/**
 * The ingest process: the public OTLP door, over HTTP and gRPC. It reads, bounds and authenticates
 * requests, hands them to the pipeline and speaks the answers of the OTLP specification.
 *
 * This file writes those answers. The three export responses have the same shape on the wire
 * (`partial_success` = 1 { rejected = 1, error_message = 2 }), so one writer serves all.
 */
import type { Refusals } from '#lib/model/telemetry.ts';
import type { Encoding, Signal } from '#lib/pipeline/ingest/contract.ts';

/** Codes of google.rpc.Code that this door uses. */
export const RPC_CODE = {
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;
export type RpcCode = (typeof RPC_CODE)[keyof typeof RPC_CODE];

const REJECTED_FIELD: Record<Signal, string> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
};

const EMPTY = Buffer.alloc(0);

/** ExportTraceServiceResponse and its siblings; empty when everything was taken. */
export function exportResponse(signal: Signal, encoding: Encoding, refusals: Refusals | null): Buffer {
  if (refusals === null || refusals.count === 0) return encoding === 'json' ? Buffer.from('{}') : EMPTY;
  if (encoding === 'json') {
    const partialSuccess = {
      [REJECTED_FIELD[signal]]: String(refusals.count),
      errorMessage: refusals.message,
    };
    return Buffer.from(JSON.stringify({ partialSuccess }));
  }
  const message = Buffer.from(refusals.message);
  return bytesField(1, Buffer.concat([varintField(1, refusals.count), bytesField(2, message)]));
}

/** google.rpc.Status, the body of every refusal; `retryAfterSeconds` adds a google.rpc.RetryInfo. */
export function rpcStatus(
  encoding: Encoding,
  code: RpcCode,
  message: string,
  retryAfterSeconds?: number,
): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  const parts = [varintField(1, code), bytesField(2, Buffer.from(message))];
  if (retryAfterSeconds !== undefined) parts.push(bytesField(3, retryInfo(retryAfterSeconds)));
  return Buffer.concat(parts);
}

/** google.protobuf.Any that holds RetryInfo { retry_delay = 1: Duration { seconds = 1 } }. */
function retryInfo(seconds: number): Buffer {
  const delay = bytesField(1, varintField(1, seconds));
  return Buffer.concat([
    bytesField(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')),
    bytesField(2, delay),
  ]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

function varintField(field: number, value: number): Buffer {
  return Buffer.from([field << 3, ...varint(value)]);
}

function bytesField(field: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(value.length)]), value]);
}
