import { expect, test } from 'vitest';
import type { ShiftView } from '#lib/model/on-call-view.ts';
import { weekOf, weekRows } from './week-rows.ts';

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
