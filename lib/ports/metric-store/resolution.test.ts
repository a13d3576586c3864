import { expect, test } from 'vitest';
import { pickResolution } from './resolution.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 10, 23, 12, 34, 56);

function pick(rangeMs: number, values: Partial<Parameters<typeof pickResolution>[0]> = {}) {
  const range = {
    fromMs: NOW - rangeMs,
    toMs: NOW,
    pixels: 800,
    nowMs: NOW,
    rowsPerWindow: 1,
    maxRows: 3000,
  };
  const wholeFromMs = { 10: NOW - 4 * HOUR_MS, 60: NOW - 88 * DAY_MS, 3600: NOW - 390 * DAY_MS };
  return pickResolution({ ...range, wholeFromMs, ...values });
}

test.each([
  [HOUR_MS, 10],
  [2 * HOUR_MS, 10],
  [6 * HOUR_MS, 60],
  [2 * DAY_MS, 60],
  [7 * DAY_MS, 3600],
  [90 * DAY_MS, 3600],
  [366 * DAY_MS, 86_400],
])('a range of %i ms is answered from rows of %i s', (rangeMs, level) => {
  expect(pick(rangeMs).level).toBe(level);
});

test('performance P4: no answer has more steps than pixels, and steps are whole windows', () => {
  for (const hours of [1, 5, 26, 200, 3000, 20_000]) {
    for (const pixels of [10, 137, 800, 4000]) {
      const { level, stepSeconds, steps, fromMs } = pick(hours * HOUR_MS, { pixels });
      expect(steps).toBeLessThanOrEqual(pixels + 1);
      expect(stepSeconds % level).toBe(0);
      expect(fromMs % (stepSeconds * 1000)).toBe(0);
    }
  }
});

test('performance P4: many lines are answered from coarser rows, never from more than allowed', () => {
  for (const rowsPerWindow of [1, 5, 20, 100]) {
    const { level } = pick(DAY_MS, { rowsPerWindow });
    expect((DAY_MS / 1000 / level) * rowsPerWindow).toBeLessThanOrEqual(3000);
  }
  expect(pick(DAY_MS, { rowsPerWindow: 20 }).level).toBe(3600);
});

test.each([
  ['yesterday', 1, 60],
  ['100 days ago', 100, 3600],
  ['400 days ago', 400, 86_400],
])('a short range of %s is answered from rows that are still there', (_name, days, level) => {
  const fromMs = NOW - days * DAY_MS;
  expect(pick(HOUR_MS, { fromMs, toMs: fromMs + HOUR_MS }).level).toBe(level);
});

test('what a level may not have yet is read from the one below', () => {
  expect(pick(7 * DAY_MS)).toMatchObject({ tailFromMs: Date.UTC(2026, 10, 23, 12), tailLevel: 60 });
  expect(pick(HOUR_MS).tailLevel).toBe(10);
});
