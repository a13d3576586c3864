import type { MaintenanceWhen, TimeInterval } from './maintenance.ts';
import { DAY_MS, dayStart, instantOf, timeOfDay, wallTimeAt } from './zoned-time.ts';

/** A stretch of maintenance; Unix milliseconds. */
export interface Occurrence {
  startsAt: number;
  endsAt: number;
}

/** Days that are looked ahead: once a year must be found, and the 29th of February need not. */
const DAYS_AHEAD = 400;

interface Range {
  from: number;
  to: number;
}

const allows = (ranges: readonly Range[] | undefined, value: number): boolean =>
  ranges === undefined || ranges.some(({ from, to }) => value >= from && value <= to);

/** Whether an interval knows a day; `wall` is its midnight. */
function hasDay({ weekdays, daysOfMonth, months, years }: TimeInterval, wall: number): boolean {
  const day = new Date(wall);
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
  const inMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const counted = (of: number) => (of < 0 ? inMonth + of + 1 : of);
  const days = daysOfMonth?.map(({ from, to }) => ({
    from: Math.max(counted(from), 1),
    to: Math.min(counted(to), inMonth),
  }));
  return (
    allows(weekdays, day.getUTCDay()) &&
    allows(days, day.getUTCDate()) &&
    allows(months, month + 1) &&
    allows(years, year)
  );
}

const WHOLE_DAY = [{ from: '00:00', to: '24:00' }];

function onDay(intervals: readonly TimeInterval[], zone: string, wall: number): Occurrence[] {
  return intervals
    .filter((interval) => hasDay(interval, wall))
    .flatMap(({ times = WHOLE_DAY }) =>
      times.map(({ from, to }) => ({
        startsAt: instantOf(zone, wall + timeOfDay(from)),
        endsAt: instantOf(zone, wall + timeOfDay(to)),
      })),
    )
    .filter(({ startsAt, endsAt }) => endsAt > startsAt)
    .sort((a, b) => a.startsAt - b.startsAt);
}

/**
 * The stretches of maintenance that end after `fromMs`, by the clock on the wall of its zone (alerting S58); those
 * that touch or overlap are one. At most `count`, none beyond about a year.
 */
export function occurrencesOf(
  when: MaintenanceWhen,
  zone: string,
  fromMs: number,
  count: number,
): Occurrence[] {
  if (when.kind === 'once') {
    const { startsAt, endsAt } = when;
    return endsAt > fromMs ? [{ startsAt, endsAt }] : [];
  }
  const found: Occurrence[] = [];
  const next = () => found.filter(({ endsAt }) => endsAt > fromMs);
  const today = dayStart(wallTimeAt(zone, fromMs));
  // One more than is asked for: only then no later day touches the last.
  for (let day = -1; day <= DAYS_AHEAD && next().length <= count; day++) {
    for (const stretch of onDay(when.intervals, zone, today + day * DAY_MS)) {
      const before = found.at(-1);
      if (before && stretch.startsAt <= before.endsAt)
        before.endsAt = Math.max(before.endsAt, stretch.endsAt);
      else found.push(stretch);
    }
  }
  return next().slice(0, count);
}
