/**
 * Writes a range into the search parameters of a page. A list that follows the range begins anew: its cursor points
 * into the range before.
 *
 * @param replaced which parameters of the range are replaced; the others stay
 */
export function writeRange(
  search: URLSearchParams,
  replaced: readonly ('range' | 'from' | 'to')[],
  values: { range?: string; from?: number; to?: number },
): void {
  for (const name of [...replaced, 'cursor']) search.delete(name);
  for (const [name, value] of Object.entries(values)) search.set(name, String(value));
}
