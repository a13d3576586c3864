import { expect, test } from 'vitest';
import { alignLines, topOf, withLiveEnd } from './merge.ts';

const all = { fromMs: 0, toMs: 1e15 };

test('gaps stay gaps: a missing value is null and a silent stretch breaks every line', () => {
  const line = { timesMs: [10_000, 20_000, 60_000], values: [1, null, 3] };
  expect(alignLines([line], all, 10)).toEqual([
    [10, 20, 30, 60],
    [1, null, null, 3],
  ]);
});

test('lines with different times share one axis without inventing values', () => {
  const a = { timesMs: [10_000, 20_000], values: [1, 2] };
  const b = { timesMs: [20_000, 25_000], values: [0, 9] };
  expect(alignLines([a, b], all, 10)).toEqual([
    [10, 20, 25],
    [1, 2, null],
    [null, 0, 9],
  ]);
});

test('points outside the range are left out', () => {
  const line = { timesMs: [10_000, 20_000, 30_000], values: [1, 2, 3] };
  expect(alignLines([line], { fromMs: 15_000, toMs: 25_000 }, 10)).toEqual([[20], [2]]);
});

test('the live end continues the stored line after its last value and never repeats it', () => {
  const history = { timesMs: [10_000, 20_000, 30_000], values: [1, 2, null] };
  const live = { timesMs: [10_000, 20_000, 30_000, 34_000], values: [100, 100, 3, 4] };
  expect(withLiveEnd(history, live)).toEqual({
    timesMs: [10_000, 20_000, 30_000, 34_000],
    values: [1, 2, 3, 4],
  });
});

test('without history the live end stands alone, without live data history stands alone', () => {
  const line = { timesMs: [10_000], values: [1] };
  const none = { timesMs: [], values: [] };
  expect(withLiveEnd(none, line)).toEqual(line);
  expect(withLiveEnd(line, none)).toEqual(line);
  expect(withLiveEnd(line, null)).toEqual(line);
});

test('the scale has air above the greatest value and a floor, so that an empty chart has one too', () => {
  expect(
    topOf(
      [
        [1, 2],
        [100, null],
      ],
      1,
    ),
  ).toBeCloseTo(112);
  expect(topOf([[], []], 1)).toBe(1);
});
