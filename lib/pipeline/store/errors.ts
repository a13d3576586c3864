/** SQLSTATEs after which the same transaction may well succeed at once. */
const REPEATABLE = new Set(['40001', '40P01', '55P03']);
const CHECK_VIOLATION = '23514';
/** Data exceptions, violated constraints (a span that is there already), exceeded limits (of an index row). */
const ROW_CLASSES = new Set(['22', '23', '54']);

/** What a failed write means for the rows in it. */
export type StoreFailure = 'repeat' | 'missing-partition' | 'row' | 'unavailable';

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/**
 * Sorts a failure: `repeat` a serialization failure or deadlock; `missing-partition`; `row` one of the rows
 * can't be stored (or is there already); `unavailable` everything that has nothing to do with the rows.
 */
export function storeFailure(error: unknown): StoreFailure {
  // The encoder could not express a value of a row.
  if (error instanceof RangeError || error instanceof TypeError) return 'row';
  const code = codeOf(error);
  if (REPEATABLE.has(code)) return 'repeat';
  // The only check of a row in these tables is that it has a partition.
  if (code === CHECK_VIOLATION) return 'missing-partition';
  return ROW_CLASSES.has(code.slice(0, 2)) ? 'row' : 'unavailable';
}
