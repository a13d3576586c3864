/** Rows of a form that nothing tells apart but their place: they are never moved, only changed and removed. */
export function placed<T>(list: readonly T[]): { place: number; value: T }[] {
  return list.map((value, place) => ({ place, value }));
}
