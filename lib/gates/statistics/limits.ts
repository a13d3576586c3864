/**
 * What is known of a true difference or ratio, new against old. Each limit holds by itself with the probability
 * 1 - `level` that it was made for.
 */
export interface Limits {
  /** As observed; null where it can't be said. */
  estimate: number | null;
  low: number;
  /** May be infinite. */
  high: number;
}
