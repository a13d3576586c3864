/**
 * Evaluation: from a rule and a moment to the values that it judges: when a rule is due, which windows of
 * which agents it asks for, what the answers mean. `rules/transition.ts` decides on them.
 *
 * This file holds the grid of evaluation times.
 */

/** Where a rule's evaluations lie in the grid: the same after every restart (alerting S22). */
export function phaseOf(ruleId: string, intervalSeconds: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < ruleId.length; i++) hash = Math.imul(hash ^ ruleId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % (intervalSeconds * 1000);
}

export interface Grid {
  intervalSeconds: number;
  /** Milliseconds after the multiples of the interval since the epoch. */
  phaseMs: number;
}

/** The latest slot that is not after a moment, Unix milliseconds. */
export function slotAt({ intervalSeconds, phaseMs }: Grid, nowMs: number): number {
  const step = intervalSeconds * 1000;
  return Math.floor((nowMs - phaseMs) / step) * step + phaseMs;
}

/**
 * The moment that an evaluation is for: the latest slot, but none before the rule was saved as it is. A rule that is
 * new is looked at at once, and what it finds did not begin before anybody had asked.
 */
export function momentAt(grid: Grid, savedMs: number, nowMs: number): number {
  const slotMs = slotAt(grid, nowMs);
  return savedMs > slotMs && savedMs <= nowMs ? savedMs : slotMs;
}

/** Slots between two that were evaluated, which nobody evaluated: they are counted, not made up for (alerting S23). */
export function missedBetween({ intervalSeconds }: Grid, lastSlotMs: number | null, slotMs: number): number {
  if (lastSlotMs === null || slotMs <= lastSlotMs) return 0;
  return Math.max(0, Math.round((slotMs - lastSlotMs) / (intervalSeconds * 1000)) - 1);
}
