import { expect, test } from 'vitest';
import type { AlertStats } from '#lib/model/alert-stats.ts';
import { causeWords, everyDay, verdictOfStats } from './stats-words.ts';

const stats = (values: Partial<AlertStats>): AlertStats => ({
  opened: 0,
  acknowledged: 0,
  resolved: 0,
  meanTimeToAcknowledge: null,
  meanTimeToResolve: null,
  p90TimeToAcknowledge: null,
  p90TimeToResolve: null,
  useful: 0,
  noise: 0,
  byDay: [],
  byAgent: [],
  bySource: [],
  ...values,
});

test('the figures begin with what they come to', () => {
  const values = { opened: 60, meanTimeToAcknowledge: 95, meanTimeToResolve: 1200, useful: 3, noise: 1 };
  expect(verdictOfStats(stats(values), 30)).toBe(
    'About 2 alerts a day, acknowledged after 1 min 35 s in the mean, over after 20 min. 25% of what was judged was noise',
  );
});

test('what was never measured is not called zero', () => {
  expect(verdictOfStats(stats({ opened: 2 }), 30)).toBe('2 alerts, none was acknowledged');
  expect(verdictOfStats(stats({}), 7)).toBe('No alert began in the last 7 days');
});

test('days without an alert are days, too', () => {
  const day = Date.UTC(2026, 10, 20);
  const all = everyDay([{ day, opened: 3, resolved: 0 }], 7, day + 86_400_000 + 5);
  expect(all.map(({ opened }) => opened)).toEqual([0, 0, 0, 0, 0, 3, 0]);
});

test('a cause that is named at great length is cut', () => {
  expect(causeWords('Slow')).toBe('Slow');
  expect(causeWords('x'.repeat(10_000))).toBe(`${'x'.repeat(119)}…`);
});
