import { expect, test } from 'vitest';
import { LEVEL_DAYS } from '#lib/pipeline/store/retention.ts';
import { dueAt, firstLevel, sourceOf, WHOLE_MS } from './windows.ts';

test('an open window is due shortly after its end, whenever it is marked', () => {
  expect(dueAt(10, 20_000, 20_001)).toBe(32_000);
  expect(dueAt(10, 20_000, 31_999)).toBe(32_000);
  expect(dueAt(60, 60_000, 119_000)).toBe(125_000);
});

test('a closed window is due later, and marks of the next seconds share the moment', () => {
  expect(dueAt(10, 20_000, 41_000)).toBe(50_000);
  expect(dueAt(10, 20_000, 44_999)).toBe(50_000);
  expect(dueAt(10, 20_000, 50_000)).toBe(55_000);
});

const DAY_MS = 86_400_000;

test('data older than the rows of a level are kept for is rolled up at the next level at once, from raw rows', () => {
  const now = 1e12;
  for (const [level, coarser] of [
    [10, 60],
    [60, 3600],
    [3600, 86_400],
  ] as const) {
    const edge = now - WHOLE_MS[level];
    expect(firstLevel(edge, now)).toBe(level);
    expect(firstLevel(edge - 1, now)).toBe(coarser);
    expect(sourceOf(coarser, edge, now)).toBe(level);
    expect(sourceOf(coarser, edge - 1, now)).toBeNull();
  }
});

test('a level counts as whole for less time than its rows are kept', () => {
  for (const level of [10, 60, 3600] as const) {
    expect(WHOLE_MS[level]).toBeLessThan(LEVEL_DAYS[level] * DAY_MS);
  }
});
