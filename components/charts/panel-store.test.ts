import { expect, test } from 'vitest';
import { lineOf } from './panel-store.ts';

test('a step that is covered in part ends where it is covered, and those to come are left out', () => {
  const line = { key: 'total', label: 'total', values: [6, null, 12, null], overall: 9 };
  const answer = { stepSeconds: 60, times: [0, 60_000, 120_000, 180_000], coveredTo: 140_000, lines: [line] };
  expect(lineOf({ ...answer, sampleSize: 3, estimatedFromBuckets: false }, 'moneyPerHour')).toEqual({
    timesMs: [60_000, 120_000, 140_000],
    values: [360, null, 720],
  });
});
