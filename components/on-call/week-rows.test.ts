import { expect, test } from 'vitest';
import type { ShiftView } from '#lib/model/on-call-view.ts';
import { stretchBetween, weekOf, weekRows } from './week-rows.ts';

const shift = (startsAt: number, endsAt: number): ShiftView => ({
  startsAt,
  endsAt,
  person: null,
  source: 'none',
});

test('a week begins on Monday at midnight of its zone and lasts an hour less when the clock goes forward', () => {
  const { from, to } = weekOf('Europe/Berlin', Date.UTC(2026, 2, 29, 12));
  expect(new Date(from).toISOString()).toBe('2026-03-22T23:00:00.000Z');
  expect(to - from).toBe((7 * 24 - 1) * 3_600_000);
});

test('shifts are cut at midnight and fill their days to the last percent', () => {
  const { from, to } = weekOf('Europe/Berlin', Date.UTC(2026, 2, 29, 12));
  const middle = from + 36 * 3_600_000;
  const rows = weekRows('Europe/Berlin', from, [shift(from - 5, middle), shift(middle, to + 5)], middle);
  expect(rows.map(({ pieces }) => pieces.map(({ width }) => Math.round(width)))).toEqual([
    [100],
    [50, 50],
    [100],
    [100],
    [100],
    [100],
    [100],
  ]);
  expect(rows.findIndex(({ isToday }) => isToday)).toBe(1);
});

test('what is drawn in a week snaps to half hours, in either direction and across days', () => {
  const { from } = weekOf('UTC', Date.UTC(2026, 0, 7));
  const rows = weekRows('UTC', from, [], from);
  const at = (day: number, hours: number) => ({ day, fraction: hours / 24 });
  const hour = (hours: number) => from + hours * 3_600_000;
  expect(stretchBetween(rows, at(0, 9.1), at(1, 16.9))).toEqual({ startsAt: hour(9), endsAt: hour(41) });
  expect(stretchBetween(rows, at(1, 17), at(0, 9))).toEqual({ startsAt: hour(9), endsAt: hour(41) });
  expect(stretchBetween(rows, at(2, 9), at(2, 9))).toEqual({ startsAt: hour(57), endsAt: hour(57.5) });
});

test('what is drawn beyond the edges of a week ends with it, also where its last day is 25 hours long', () => {
  const { from, to } = weekOf('Europe/Berlin', Date.UTC(2026, 9, 25, 12));
  const rows = weekRows('Europe/Berlin', from, [], from);
  const drawn = stretchBetween(rows, { day: -1, fraction: -2 }, { day: 9, fraction: 3 });
  expect(drawn).toEqual({ startsAt: from, endsAt: to });
});
