import { expect, test } from 'vitest';
import { callsIn, lineOf } from './panel-store.ts';

test('a step that is covered in part ends where it is covered, and those to come are left out', () => {
  const line = { key: 'total', label: 'total', values: [6, null, 12, null], overall: 9 };
  const answer = { stepSeconds: 60, times: [0, 60_000, 120_000, 180_000], coveredTo: 140_000, lines: [line] };
  expect(lineOf({ ...answer, sampleSize: 3, estimatedFromBuckets: false }, 'moneyPerHour')).toEqual({
    timesMs: [60_000, 120_000, 140_000],
    values: [360, null, 720],
  });
});

test('calls are counted from their rates, over the part of a step that is covered', () => {
  const line = { key: 'total', label: 'total', values: [6, null, 12, null], overall: 9 };
  const answer = { stepSeconds: 60, times: [0, 60_000, 120_000, 180_000], coveredTo: 150_000, lines: [line] };
  expect(callsIn({ ...answer, sampleSize: 3, estimatedFromBuckets: false })).toBe(12);
});
