import { describe, expect, test } from 'vitest';
import { deviation, usualWindows } from './anomaly.ts';

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const at = Date.UTC(2026, 10, 23, 12, 25);

describe('anomaly', () => {
  test('a window is compared with all of its hour of the week, week by week', () => {
    const weeks = usualWindows({ from: at - 300_000, to: at }, 4);
    expect(weeks.map((week) => week.length)).toEqual([12, 12, 12, 12]);
    weeks.forEach((week, i) => {
      const hour = Date.UTC(2026, 10, 23, 12) - (i + 1) * WEEK;
      expect([week[0]?.from, week.at(-1)?.to]).toEqual([hour, hour + HOUR]);
    });
  });

  test('a window longer than an hour is compared with the same window of each week', () => {
    const weeks = usualWindows({ from: at - 2 * HOUR, to: at }, 3);
    expect(weeks[1]).toEqual([{ from: at - 2 * WEEK - 2 * HOUR, to: at - 2 * WEEK }]);
  });

  test('fewer than three weeks with data say nothing', () => {
    expect(deviation(5, [[1, 2], [null, null], [3]], 'both')).toBeNull();
    expect(deviation(5, [[1, 2], [null, 2], [3]], 'both')).not.toBeNull();
  });

  test('the distance is that from the median, in median absolute deviations', () => {
    // Median 3, deviations 2 1 0 1 2: their median is 1.
    const history = [[1, 2], [3, 4], [5]];
    expect(deviation(8, history, 'both')).toBe(5);
    expect(deviation(-2, history, 'both')).toBe(5);
    expect([deviation(-2, history, 'above'), deviation(8, history, 'below')]).toEqual([0, 0]);
  });

  test('one wild week moves nothing', () => {
    const history = [
      [10, 11, 9],
      [10, 12, 8],
      [10, 11, 9],
      [1000, 2000, 3000],
    ];
    expect(deviation(30, history, 'both')).toBeGreaterThan(10);
  });

  test('a history that never moves counts as moving by a hundredth', () => {
    expect(deviation(101, [[100], [100], [100]], 'both')).toBe(1);
    expect(deviation(100, [[100], [100], [100]], 'both')).toBe(0);
  });
});
