/**
 * The kernel: what every room may lean on (errors, clock, log, ids, lifecycle) and nothing that
 * knows a framework, a database or the product's nouns.
 *
 * This file holds the closed list of error codes. Every door (server action, route handler, socket,
 * OTLP) has exactly one translator from these codes to its own protocol.
 */

/** The closed list of expected failures. `internal` is the only code whose message never leaves the server. */
export const ERROR_CODES = [
  'unauthenticated',
  'reauthentication_required',
  'forbidden',
  'not_found',
  'invalid',
  'conflict',
  'too_large',
  'rate_limited',
  'unavailable',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One refused input field, in words a person can act on. `path` is dotted, empty for the whole input. */
export interface FieldIssue {
  path: string;
  message: string;
}

export interface AppErrorOptions {
  /** Fields that were refused (code `invalid`). */
  issues?: readonly FieldIssue[];
  /** Seconds after which a retry makes sense (codes `rate_limited`, `unavailable`). */
  retryAfterSeconds?: number;
  cause?: unknown;
}

const BRAND = Symbol.for('pitwall.AppError');

/** An expected failure: its message is written for the person who caused it and may be shown. */
export class AppError extends Error {
  /** Bundlers may load this file more than once in a process: an error of another copy is one of ours too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly issues: readonly FieldIssue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** HTTP status of each code; the one table that all HTTP doors share. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  unauthenticated: 401,
  reauthentication_required: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 422,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
};

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}
