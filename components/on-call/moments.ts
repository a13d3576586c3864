import { dayStart, wallTimeAt } from '#lib/model/zoned-time.ts';

const FULL = {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
} as const;
const words = new Intl.DateTimeFormat('en-GB', FULL);
const yearWords = new Intl.DateTimeFormat('en-GB', { ...FULL, year: 'numeric' });
const dayWords = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
});
const timeWords = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' });

const yearOf = (wall: number) => new Date(wall).getUTCFullYear();

/**
 * What a clock on the wall of the zone shows at an instant: `Mon 5 Jan, 09:00`.
 *
 * @param nowMs where it is given, a year that is not that of this moment is said
 */
export function momentWords(zone: string, ms: number, nowMs = ms): string {
  const wall = wallTimeAt(zone, ms);
  const isThisYear = yearOf(wall) === yearOf(wallTimeAt(zone, nowMs));
  return (isThisYear ? words : yearWords).format(wall);
}

/** From when to when, the day said once where it is the same: `Mon 5 Jan, 09:00 to 17:00`. */
export function stretchWords(
  zone: string,
  { startsAt, endsAt }: { startsAt: number; endsAt: number },
): string {
  const [from, to] = [wallTimeAt(zone, startsAt), wallTimeAt(zone, endsAt)];
  const end = dayStart(from) === dayStart(to) ? timeWords.format(to) : words.format(to);
  return `${words.format(from)} to ${end}`;
}

/** A wall time as its day: `Mon 5 Jan`. */
export function dayOfWall(wall: number): string {
  return dayWords.format(wall);
}
