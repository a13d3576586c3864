import type { WeeklyWindow } from '#lib/model/on-call.ts';
import { DAY_MS, dayStart, instantOf, timeOfDay, wallTimeAt, weekdayOf } from '#lib/model/zoned-time.ts';

/** A stretch in Unix milliseconds; the end is not in it. */
export interface Stretch {
  startsAt: number;
  endsAt: number;
}

function stretchOn(window: WeeklyWindow, zone: string, day: number): Stretch {
  const from = timeOfDay(window.from);
  const to = timeOfDay(window.to);
  return {
    startsAt: instantOf(zone, day + from),
    endsAt: instantOf(zone, day + to + (to <= from ? DAY_MS : 0)),
  };
}

/** The windows that touch the time between two instants, by day. */
export function stretchesBetween(
  windows: readonly WeeklyWindow[],
  zone: string,
  from: number,
  to: number,
): Stretch[] {
  const stretches: Stretch[] = [];
  const last = dayStart(wallTimeAt(zone, to)) + DAY_MS;
  for (let day = dayStart(wallTimeAt(zone, from)) - 2 * DAY_MS; day <= last; day += DAY_MS) {
    for (const window of windows) {
      if (!window.weekdays.includes(weekdayOf(day))) continue;
      const stretch = stretchOn(window, zone, day);
      if (stretch.startsAt < to && stretch.endsAt > from) stretches.push(stretch);
    }
  }
  return stretches;
}

/** Whether an instant is in one of the windows. */
export function isWithin(windows: readonly WeeklyWindow[], zone: string, at: number): boolean {
  return stretchesBetween(windows, zone, at, at + 1).length > 0;
}

/** The start of the next window after an instant that is in none; null when none comes within 8 days. */
export function nextStart(windows: readonly WeeklyWindow[], zone: string, at: number): number | null {
  const starts = stretchesBetween(windows, zone, at, at + 8 * DAY_MS)
    .filter(({ startsAt, endsAt }) => startsAt > at && endsAt > startsAt)
    .map(({ startsAt }) => startsAt);
  return starts.length === 0 ? null : Math.min(...starts);
}
