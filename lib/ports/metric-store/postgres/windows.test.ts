import { expect, test } from 'vitest';
import { dueAt, FINEST_KEPT_MS, firstLevel } from './windows.ts';

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

test('data older than the finest rows are kept for is rolled up into minutes at once', () => {
  const now = 1e12;
  expect(firstLevel(now - FINEST_KEPT_MS + 1, now)).toBe(10);
  expect(firstLevel(now - FINEST_KEPT_MS - 1, now)).toBe(60);
});
