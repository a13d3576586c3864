import { wallTimeAt } from '#lib/model/zoned-time.ts';

const words = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const dayWords = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
});

/** What a clock on the wall of the zone shows at an instant: `Mon 5 Jan, 09:00`. */
export function momentWords(zone: string, ms: number): string {
  return words.format(wallTimeAt(zone, ms));
}

/** A wall time as its day: `Mon 5 Jan`. */
export function dayOfWall(wall: number): string {
  return dayWords.format(wall);
}
