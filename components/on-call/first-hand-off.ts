import { DAY_MS, dayStart, formatWallTime, isTimeZone, wallTimeAt } from '#lib/model/zoned-time.ts';

const HOUR_OF_DAY_MS = 9 * 3_600_000;

/** What the clocks of a zone show; those of UTC while its name is still being typed. */
const wallNow = (zone: string, nowMs: number): number => wallTimeAt(isTimeZone(zone) ? zone : 'UTC', nowMs);

/** The last 09:00 by the clocks of a zone: a rotation that begins then has somebody on call already. */
export function lastHandOff(zone: string, nowMs: number): string {
  const wall = wallNow(zone, nowMs);
  const today = dayStart(wall) + HOUR_OF_DAY_MS;
  return formatWallTime(today > wall ? today - DAY_MS : today);
}

/** Whether a rotation with this first hand-off has nobody on call yet. */
export const isAhead = (startsAt: string, zone: string, nowMs: number): boolean =>
  startsAt > formatWallTime(wallNow(zone, nowMs));
