/**
 * Whether all failures that a request to next-auth names are names. It puts them into an address as they are, and an
 * address with a line break in it, say, is none.
 */
export function namesFailure({ searchParams }: { searchParams: URLSearchParams }): boolean {
  return searchParams.getAll('error').every((name) => /^\w{0,100}$/.test(name));
}
