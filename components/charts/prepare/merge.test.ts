import { expect, test } from 'vitest';
import { alignLines, isLeftOutAt, topOf, withLiveEnd } from './merge.ts';

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

test('the live end goes on within a stored step that is not over, and shows nothing of it twice', () => {
  const history = { timesMs: [60_000, 80_000], values: [6, 6] };
  const live = { timesMs: [70_000, 80_000, 90_000], values: [6, 6, 12] };
  expect(withLiveEnd(history, live)).toEqual({ timesMs: [60_000, 80_000, 90_000], values: [6, 6, 12] });
});

test('what was stored in one window and came in the next is not drawn in both for good', () => {
  const silent = { timesMs: [10_000, 20_000, 30_000, 40_000, 50_000], values: [6, null, null, null, null] };
  const live = { timesMs: [20_000, 50_000, 60_000], values: [6, null, 12] };
  expect(withLiveEnd(silent, live)).toEqual({
    timesMs: [10_000, 20_000, 50_000, 60_000],
    values: [6, null, null, 12],
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

test('a value is a part where calls were left out since the point before it, whatever the steps of both', () => {
  const leftOut = { timesMs: [50_000, 60_000, 70_000, 80_000, 130_000], values: [9, 0, 2, null, 1] };
  expect(isLeftOutAt([60, 120, 130, 140], leftOut)).toEqual([false, true, true, false]);
  expect(isLeftOutAt([60, 120], { timesMs: [], values: [] })).toEqual([false, false]);
  expect(isLeftOutAt([], leftOut)).toEqual([]);
});
