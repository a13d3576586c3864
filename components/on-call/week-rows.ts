import type { ShiftView } from '#lib/model/on-call-view.ts';
import { DAY_MS, dayStart, instantOf, wallTimeAt } from '#lib/model/zoned-time.ts';

/** Unix milliseconds; the end is not in it. */
export interface Stretch {
  startsAt: number;
  endsAt: number;
}

/** A piece of something within a row; `left` and `width` in percent of the row. */
export interface Piece<T> {
  of: T;
  left: number;
  width: number;
}

export interface DayRow extends Stretch {
  /** Midnight, as a wall time. */
  wall: number;
  isToday: boolean;
  pieces: Piece<ShiftView>[];
}

/** Monday midnight of the week in which an instant lies, and of the next, as instants. */
export function weekOf(zone: string, at: number): { from: number; to: number } {
  const today = dayStart(wallTimeAt(zone, at));
  const monday = today - ((Math.floor(today / DAY_MS) + 3) % 7) * DAY_MS;
  return { from: instantOf(zone, monday), to: instantOf(zone, monday + 7 * DAY_MS) };
}

/** How far an instant is within a row, in percent; the ends for what is outside. */
export function percentIn(row: Stretch, ms: number): number {
  const inside = Math.min(Math.max(ms, row.startsAt), row.endsAt);
  return (100 * (inside - row.startsAt)) / (row.endsAt - row.startsAt);
}

/** What of some stretches lies in a row. */
export function piecesIn<T extends Stretch>(row: Stretch, stretches: readonly T[]): Piece<T>[] {
  return stretches
    .filter((one) => one.startsAt < row.endsAt && one.endsAt > row.startsAt)
    .map((one) => {
      const left = percentIn(row, one.startsAt);
      return { of: one, left, width: percentIn(row, one.endsAt) - left };
    });
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
    const row = { startsAt: instantOf(zone, wall), endsAt: instantOf(zone, wall + DAY_MS) };
    const isToday = now >= row.startsAt && now < row.endsAt;
    return { ...row, wall, isToday, pieces: piecesIn(row, shifts) };
  });
}

/** A place in a week: the row, and how far along it, 0 to 1. */
export interface WeekPoint {
  day: number;
  fraction: number;
}

/** What is drawn in a week snaps to this, milliseconds. */
const SNAP_MS = 30 * 60_000;

/** The instant at a place, to the last half hour; a place outside the week is its nearest end. */
export function instantAt(rows: readonly Stretch[], { day, fraction }: WeekPoint): number {
  const row = rows[Math.min(Math.max(day, 0), rows.length - 1)];
  if (!row) return 0;
  const along = Math.min(Math.max(fraction, 0), 1) * (row.endsAt - row.startsAt);
  return row.startsAt + Math.round(along / SNAP_MS) * SNAP_MS;
}

/** The stretch between two places, whichever is first; at least half an hour. */
export function stretchBetween(rows: readonly Stretch[], one: WeekPoint, other: WeekPoint): Stretch {
  const [a, b] = [instantAt(rows, one), instantAt(rows, other)];
  const startsAt = Math.min(a, b);
  return { startsAt, endsAt: Math.max(a, b, startsAt + SNAP_MS) };
}
