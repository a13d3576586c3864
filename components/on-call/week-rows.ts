import type { ShiftView } from '#lib/model/on-call-view.ts';
import { DAY_MS, dayStart, instantOf, wallTimeAt } from '#lib/model/zoned-time.ts';

/** A piece of a shift within one day; `left` and `width` in percent of the day. */
export interface DayPiece {
  shift: ShiftView;
  left: number;
  width: number;
}

interface DayRow {
  /** Midnight, as a wall time. */
  wall: number;
  isToday: boolean;
  pieces: DayPiece[];
}

/** Monday midnight of the week in which an instant lies, as an instant. */
export function weekOf(zone: string, at: number): { from: number; to: number } {
  const today = dayStart(wallTimeAt(zone, at));
  const monday = today - ((Math.floor(today / DAY_MS) + 3) % 7) * DAY_MS;
  return { from: instantOf(zone, monday), to: instantOf(zone, monday + 7 * DAY_MS) };
}

/**
 * A week as seven rows, each as long as its day really is: 23 hours in spring, 25 in autumn.
 *
 * @param from the first midnight, Unix milliseconds
 */
export function weekRows(zone: string, from: number, shifts: readonly ShiftView[], now: number): DayRow[] {
  const first = dayStart(wallTimeAt(zone, from));
  return Array.from({ length: 7 }, (_, day) => {
    const wall = first + day * DAY_MS;
    const start = instantOf(zone, wall);
    const end = instantOf(zone, wall + DAY_MS);
    const percent = (ms: number) => (100 * (Math.min(Math.max(ms, start), end) - start)) / (end - start);
    const pieces = shifts
      .filter((shift) => shift.startsAt < end && shift.endsAt > start)
      .map((shift) => {
        const left = percent(shift.startsAt);
        return { shift, left, width: percent(shift.endsAt) - left };
      });
    return { wall, isToday: now >= start && now < end, pieces };
  });
}
