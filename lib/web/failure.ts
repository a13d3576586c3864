import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type ErrorCode, type FieldIssue, isAppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';

/** A failure as it may be shown: expected ones in their own words, others as a reference to the log. */
export interface Failure {
  code: ErrorCode;
  message: string;
  issues: readonly FieldIssue[];
  retryAfterSeconds?: number;
  /** Stands in the log beside what really happened. */
  reference?: string;
}

/** What Node says of a request whose sender went away before all of it had arrived. */
function isBrokenOff(error: unknown): boolean {
  return (
    error instanceof Error && error.message === 'aborted' && 'code' in error && error.code === 'ECONNRESET'
  );
}

/** Translates anything thrown; what was not expected is logged whole and shown as its reference only (security N10). */
export function describeFailure(error: unknown, log: Log): Failure {
  if (isAppError(error) && error.code !== 'internal') {
    const { code, message, issues, retryAfterSeconds } = error;
    return { code, message, issues, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
  if (error instanceof z.ZodError) {
    const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    return { code: 'invalid', message: 'Some values are not valid.', issues };
  }
  if (isBrokenOff(error)) {
    // Browsers do this whenever somebody moves on: nothing is wrong here, and nobody reads the answer.
    log.debug({ err: error }, 'a request broke off');
    return { code: 'invalid', message: 'The request broke off before all of it had arrived.', issues: [] };
  }
  const reference = randomBytes(5).toString('hex');
  log.error({ err: error, reference }, 'a request failed unexpectedly');
  return {
    code: 'internal',
    message: `Something went wrong on our side. Reference: ${reference}`,
    issues: [],
    reference,
  };
}
