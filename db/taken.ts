import { DrizzleQueryError } from 'drizzle-orm';

const codeOf = (error: unknown): unknown => {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
};

/** Whether the database refused a write because a row with the same key is there (SQLSTATE 23505). */
export const isTaken = (error: unknown): boolean => codeOf(error) === '23505';

/**
 * Whether the database gave a transaction up for another that wanted the same rows (SQLSTATE 40P01, 40001): nothing
 * of it was done, and it may be tried again.
 */
export const isGivenUp = (error: unknown): boolean => ['40P01', '40001'].includes(String(codeOf(error)));

/**
 * Whether the database refused a write because of a row that is not there any more, or that is still referred to
 * (SQLSTATE 23503): somebody deleted or used it in between.
 */
export const isLeftHanging = (error: unknown): boolean => codeOf(error) === '23503';
