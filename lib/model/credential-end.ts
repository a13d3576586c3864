import { formatPlural } from './format.ts';

/** Days before the end of a key or token at which people are told, the last first; from the first on pages warn. */
export const TOLD_DAYS = [3, 14] as const;

const WARNED_DAYS = 14;
const DAY_MS = 86_400_000;

/** How long something goes on that ends by itself: in words, and whether that is so soon that a page warns. */
export function timeLeft(endMs: number, nowMs: number): { words: string; isSoon: boolean } {
  const days = Math.ceil((endMs - nowMs) / DAY_MS);
  return { words: `${formatPlural(Math.max(days, 0), 'day')} left`, isSoon: days <= WARNED_DAYS };
}
