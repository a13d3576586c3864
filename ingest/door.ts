import type { KeyActor } from '#lib/access/actor.ts';
import { requirePermission } from '#lib/access/require.ts';
import type { KeyHeaders } from '#lib/api-keys/authenticate-key.ts';
import { type ErrorCode, isAppError } from '#lib/kernel/errors.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { Ingest } from '#lib/pipeline/ingest/contract.ts';
import { RPC_CODE, type RpcCode } from './otlp-answer.ts';

/** The other end of a connection, and whom it claims to speak for. */
export interface Caller {
  peer: string;
  /** The header `x-forwarded-for`, empty without one. */
  forwardedFor: string;
}

/** What both doors, HTTP and gRPC, need from the system behind them. */
export interface IngestDoor {
  /** The actor of the key in the headers; throws `unauthenticated`, `forbidden`, `unavailable`. */
  authenticate(headers: KeyHeaders, caller: Caller): Promise<KeyActor>;
  /** Throws `rate_limited` or `unavailable` when this key, or anybody, must wait. */
  admit(key: KeyActor): void;
  ingest: Ingest;
}

/** A refusal in the words of both protocols. */
export interface Refusal {
  httpStatus: number;
  rpcCode: RpcCode;
  message: string;
  retryAfterSeconds: number | undefined;
}

/**
 * Decides before any body is read whether a caller may send now.
 *
 * @throws AppError `unauthenticated`, `forbidden` (security P5), `rate_limited`, `unavailable`
 */
export async function admitCaller(door: IngestDoor, headers: KeyHeaders, caller: Caller): Promise<KeyActor> {
  const actor = await door.authenticate(headers, caller);
  requirePermission(actor, 'telemetry:ingest');
  door.admit(actor);
  return actor;
}

/** The one translator from error codes to OTLP: status of HTTP, code of google.rpc. */
const ANSWERS: Record<ErrorCode, [httpStatus: number, rpcCode: RpcCode]> = {
  unauthenticated: [401, RPC_CODE.unauthenticated],
  reauthentication_required: [401, RPC_CODE.unauthenticated],
  forbidden: [403, RPC_CODE.permissionDenied],
  not_found: [404, RPC_CODE.invalidArgument],
  invalid: [400, RPC_CODE.invalidArgument],
  conflict: [409, RPC_CODE.invalidArgument],
  too_large: [413, RPC_CODE.invalidArgument],
  rate_limited: [429, RPC_CODE.resourceExhausted],
  unavailable: [503, RPC_CODE.unavailable],
  internal: [500, RPC_CODE.internal],
};

/** Turns any failure into a refusal; an unexpected one becomes a reference id here and a full log line. */
export function toRefusal(error: unknown, log: Log): Refusal {
  if (isAppError(error) && error.code !== 'internal') {
    const [httpStatus, rpcCode] = ANSWERS[error.code];
    return { httpStatus, rpcCode, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  const reference = randomToken(9);
  log.error({ err: error, reference }, 'ingest failed unexpectedly');
  const [httpStatus, rpcCode] = ANSWERS.internal;
  return {
    httpStatus,
    rpcCode,
    message: `Internal error, reference ${reference}.`,
    retryAfterSeconds: undefined,
  };
}
