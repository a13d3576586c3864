/**
 * The SQLSTATE of an error of the database, whether the query builder wrapped it or not. It is told by its shape: the
 * web process has several copies of the query builder, of which another may have made the error.
 */
function codeOf(error: unknown): unknown {
  for (const each of [error, error instanceof Error ? error.cause : undefined])
    if (each instanceof Error && 'code' in each) return each.code;
  return undefined;
}

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
