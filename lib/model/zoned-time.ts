/**
 * Wall clocks of named time zones. A wall time is a number: the milliseconds since 1970-01-01T00:00 that a
 * clock on the wall of the zone shows, as if that clock were UTC. So 09:00 stays 09:00 whatever daylight saving
 * does, and days can be added by multiplication.
 */

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a name that is no time zone */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-u-ca-gregory-hc-h23', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

export function isTimeZone(zone: string): boolean {
  try {
    return formatOf(zone) !== undefined;
  } catch {
    return false;
  }
}

function readOffset(zone: string, instant: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(instant / 1000) * 1000;
}

/** A stretch between two UTC midnights, and the change of the clock in it; none has more than one. */
interface Day {
  before: number;
  after: number;
  /** The first instant of the second offset. */
  changesAt: number;
}

/** By zone and UTC day; cleared when it has grown beyond what any calendar needs. */
const days = new Map<string, Day>();
const DAYS_KEPT = 20_000;

function findChange(zone: string, from: number, to: number, before: number): number {
  let [low, high] = [from, to];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (readOffset(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function dayOf(zone: string, instant: number): Day {
  const number = Math.floor(instant / DAY_MS);
  const key = `${number} ${zone}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  if (days.size >= DAYS_KEPT) days.clear();
  const start = number * DAY_MS;
  const before = readOffset(zone, start);
  const after = readOffset(zone, start + DAY_MS);
  const changesAt = before === after ? start + DAY_MS : findChange(zone, start, start + DAY_MS, before);
  const day = { before, after, changesAt };
  days.set(key, day);
  return day;
}

/** Milliseconds that the zone's clocks are ahead of UTC at an instant (Unix milliseconds). */
export function offsetAt(zone: string, instant: number): number {
  const { before, after, changesAt } = dayOf(zone, instant);
  return instant < changesAt ? before : after;
}

/** What a clock on the wall shows at an instant (Unix milliseconds). */
export function wallTimeAt(zone: string, instant: number): number {
  return instant + offsetAt(zone, instant);
}

/**
 * The first instant at which a clock on the wall shows this time or a later one: a time that the spring
 * change skips is the moment of the change, one that the autumn change repeats is its first pass. So the order
 * of wall times is the order of their instants.
 */
export function instantOf(zone: string, wall: number): number {
  const earliest = wall - 15 * 3_600_000;
  const first = offsetAt(zone, earliest);
  const last = offsetAt(zone, wall + 15 * 3_600_000);
  const naive = wall - first;
  if (first === last) return naive;
  let changesAt = dayOf(zone, earliest).changesAt;
  for (let at = earliest; offsetAt(zone, changesAt) === first; at += DAY_MS) {
    changesAt = dayOf(zone, at + DAY_MS).changesAt;
  }
  return naive < changesAt ? naive : Math.max(changesAt, wall - last);
}

/** Midnight of the day of a wall time. */
export function dayStart(wall: number): number {
  return Math.floor(wall / DAY_MS) * DAY_MS;
}

/** 1 Monday to 7 Sunday, as ISO 8601 counts them. */
export function weekdayOf(wall: number): number {
  return ((((Math.floor(wall / DAY_MS) + 3) % 7) + 7) % 7) + 1;
}

/** Milliseconds after midnight of `HH:MM`; `24:00` is the next midnight. */
export function timeOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}

/** The wall time of `YYYY-MM-DDTHH:MM`; NaN for a date that there is not. */
export function parseWallTime(text: string): number {
  const wall = Date.parse(`${text}Z`);
  return formatWallTime(wall) === text ? wall : Number.NaN;
}

/** A wall time as `YYYY-MM-DDTHH:MM`; empty for NaN. */
export function formatWallTime(wall: number): string {
  return Number.isNaN(wall) ? '' : new Date(wall).toISOString().slice(0, 16);
}
