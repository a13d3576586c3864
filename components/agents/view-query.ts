/** What of the list's address is a view: filters, order and environment, not the range. */
const VIEW_PARAMETERS = ['q', 'status', 'type', 'owner', 'env', 'sort', 'order'] as const;

/** The part of an address that a view keeps, always in the same order. */
export function viewQuery(params: { get(name: string): string | null }): string {
  const kept = new URLSearchParams();
  for (const name of VIEW_PARAMETERS) {
    const value = params.get(name);
    if (value) kept.set(name, value);
  }
  return kept.toString();
}

/** Whether two queries show the same view. */
export function sameView(a: string, b: string): boolean {
  return viewQuery(new URLSearchParams(a)) === viewQuery(new URLSearchParams(b));
}

/** Makes an address show a view; what is no part of views stays as it is. */
export function applyView(search: URLSearchParams, query: string): void {
  const view = new URLSearchParams(query);
  for (const name of VIEW_PARAMETERS) {
    const value = view.get(name);
    if (value) search.set(name, value);
    else search.delete(name);
  }
}
