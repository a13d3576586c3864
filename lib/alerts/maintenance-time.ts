import type { MaintenanceWhen, TimeInterval } from '#lib/model/maintenance.ts';

/** An instant as the clock and the calendar on the wall of a zone show it. */
interface WallTime {
  year: number;
  month: number;
  day: number;
  weekday: number;
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const numeric = 'numeric' as const;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    calendar: 'gregory',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
  });
  formats.set(timeZone, made);
  return made;
}

function wallTime(at: Date, timeZone: string): WallTime {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const [year, month, day] = [part('year'), part('month'), part('day')];
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return { year, month, day, weekday, minute: part('hour') * 60 + part('minute') };
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

interface Range {
  from: number;
  to: number;
}

/** Days of the calendar, whatever the clocks did that month. */
const daysIn = ({ year, month }: WallTime): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** A range of days in this month: negative ones from its end, and never beyond it. */
function daysOf({ from, to }: Range, wall: WallTime): Range {
  const days = daysIn(wall);
  const fromStart = (day: number): number => (day < 0 ? days + day + 1 : day);
  return { from: Math.max(fromStart(from), 1), to: Math.min(fromStart(to), days) };
}

const within = (value: number) => (range: Range) => value >= range.from && value <= range.to;
const allows = (ranges: readonly Range[] | undefined, value: number): boolean =>
  ranges === undefined || ranges.some(within(value));

function isInInterval(interval: TimeInterval, wall: WallTime): boolean {
  const { times } = interval;
  const inTimes =
    times === undefined ||
    times.some(({ from, to }) => wall.minute >= minuteOf(from) && wall.minute < minuteOf(to));
  const days = interval.daysOfMonth?.map((range) => daysOf(range, wall));
  return (
    inTimes &&
    allows(interval.weekdays, wall.weekday) &&
    allows(days, wall.day) &&
    allows(interval.months, wall.month) &&
    allows(interval.years, wall.year)
  );
}

/** Whether maintenance is on at an instant, by the clock on the wall of its zone (alerting S58). */
export function isInMaintenance(when: MaintenanceWhen, timeZone: string, at: Date): boolean {
  if (when.kind === 'once') return at.getTime() >= when.startsAt && at.getTime() < when.endsAt;
  const wall = wallTime(at, timeZone);
  return when.intervals.some((interval) => isInInterval(interval, wall));
}
