import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimeInterval } from '#lib/model/maintenance.ts';
import { isInMaintenance } from './maintenance-time.ts';

const isIn = (interval: TimeInterval, zone: string, instant: string): boolean =>
  isInMaintenance({ kind: 'recurring', intervals: [interval] }, zone, new Date(instant));

test('alerting S58: an interval goes by the clock on the wall, before and after the clocks change', () => {
  const nights = { times: [{ from: '22:00', to: '24:00' }] };
  const seen = ['2026-10-24T20:00Z', '2026-10-25T20:59Z', '2026-10-25T21:00Z', '2026-10-25T23:00Z'];
  expect(seen.map((instant) => isIn(nights, 'Europe/Berlin', instant))).toEqual([true, false, true, false]);
});

test('alerting S58: the hour that comes twice is in the interval twice, the one that is skipped never', () => {
  const early = { times: [{ from: '02:00', to: '03:00' }] };
  const twice = ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T02:30Z'];
  expect(twice.map((instant) => isIn(early, 'Europe/Berlin', instant))).toEqual([true, true, false]);
  const minutes = Array.from({ length: 180 }, (_, i) => new Date(Date.UTC(2026, 2, 29, 0, i)).toISOString());
  expect(minutes.filter((instant) => isIn(early, 'Europe/Berlin', instant))).toEqual([]);
});

test('alerting S58: days counted from the end of the month are right in months with a change of clocks and in leap years', () => {
  const last = { daysOfMonth: [{ from: -1, to: -1 }] };
  const days = ['2026-03-30T12:00Z', '2026-03-31T12:00Z', '2026-10-31T12:00Z', '2026-11-30T12:00Z'];
  expect(days.map((instant) => isIn(last, 'Europe/Berlin', instant))).toEqual([false, true, true, true]);
  expect(isIn(last, 'UTC', '2028-02-29T12:00Z')).toBe(true);
  expect(isIn(last, 'UTC', '2027-02-28T12:00Z')).toBe(true);
  const wholeMonth = { daysOfMonth: [{ from: 1, to: -1 }], months: [{ from: 2, to: 2 }] };
  expect(isIn(wholeMonth, 'UTC', '2027-02-28T23:59Z')).toBe(true);
});

test('alerting S58: from the -n-th to the last day there are n days, in every month', () => {
  const months = fc.record({
    year: fc.integer({ min: 2000, max: 2040 }),
    month: fc.integer({ min: 0, max: 11 }),
  });
  fc.assert(
    fc.property(months, fc.integer({ min: 1, max: 28 }), ({ year, month }, n) => {
      const days = Array.from({ length: new Date(Date.UTC(year, month + 1, 0)).getUTCDate() }, (_, day) =>
        new Date(Date.UTC(year, month, day + 1, 12)).toISOString(),
      );
      const ranged = { daysOfMonth: [{ from: -n, to: -1 }] };
      expect(days.filter((instant) => isIn(ranged, 'UTC', instant))).toEqual(days.slice(-n));
    }),
    { numRuns: 50 },
  );
});

test('weekdays, months and years must all fit, and a single stretch has a start and an end', () => {
  const sundays = {
    weekdays: [{ from: 0, to: 0 }],
    months: [{ from: 11, to: 12 }],
    years: [{ from: 2026, to: 2026 }],
  };
  expect(isIn(sundays, 'UTC', '2026-11-22T12:00Z')).toBe(true);
  expect(isIn(sundays, 'UTC', '2026-11-23T12:00Z')).toBe(false);
  expect(isIn(sundays, 'UTC', '2027-11-21T12:00Z')).toBe(false);
  const once = { kind: 'once', startsAt: 1000, endsAt: 2000 } as const;
  expect([999, 1000, 1999, 2000].map((ms) => isInMaintenance(once, 'UTC', new Date(ms)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
