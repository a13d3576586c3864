import { expect, test } from 'vitest';
import type { TimeInterval } from './maintenance.ts';
import { occurrencesOf } from './maintenance-occurrences.ts';

const ZONE = 'Europe/Berlin';
const says = (intervals: TimeInterval[], from: string, count = 2) =>
  occurrencesOf({ kind: 'recurring', intervals }, ZONE, Date.parse(from), count).map(({ startsAt, endsAt }) =>
    [startsAt, endsAt].map((at) => new Date(at).toISOString().slice(0, 16)).join(' '),
  );

test('alerting S58: a weekly window keeps its time on the wall across the end of daylight saving', () => {
  const sundays = [{ weekdays: [{ from: 0, to: 0 }], times: [{ from: '09:00', to: '10:00' }] }];
  expect(says(sundays, '2026-10-18T00:00:00Z')).toEqual([
    '2026-10-18T07:00 2026-10-18T08:00',
    '2026-10-25T08:00 2026-10-25T09:00',
  ]);
});

test('alerting S58: days are counted from the end of the month, and the long day has one window', () => {
  expect(says([{ daysOfMonth: [{ from: -1, to: -1 }] }], '2026-02-10T00:00:00Z')).toEqual([
    '2026-02-27T23:00 2026-02-28T23:00',
    '2026-03-30T22:00 2026-03-31T22:00',
  ]);
  const night = [{ times: [{ from: '02:00', to: '03:00' }] }];
  expect(says(night, '2026-10-25T00:00:00Z', 1)).toEqual(['2026-10-25T00:00 2026-10-25T02:00']);
});

test('windows that touch at midnight are one, the one that is on is the first', () => {
  const nights = [{ times: [{ from: '22:00', to: '24:00' }] }, { times: [{ from: '00:00', to: '04:00' }] }];
  expect(says(nights, '2026-11-23T00:00:00Z')).toEqual([
    '2026-11-22T21:00 2026-11-23T03:00',
    '2026-11-23T21:00 2026-11-24T03:00',
  ]);
});

test('once is once, and what is over is not shown', () => {
  const once = { kind: 'once' as const, startsAt: 1000, endsAt: 2000 };
  expect(occurrencesOf(once, ZONE, 1500, 3)).toEqual([{ startsAt: 1000, endsAt: 2000 }]);
  expect(occurrencesOf(once, ZONE, 2000, 3)).toEqual([]);
});
