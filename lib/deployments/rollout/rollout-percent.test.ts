import { expect, test } from 'vitest';
import { rolloutPercent } from './rollout-percent.ts';

const at = (desired: number, updated: number, available: number, old: number) =>
  rolloutPercent({
    phase: 'in_progress',
    replicas: { desired, updated, available, old, terminating: null },
  });

test.each([
  ['nothing has begun', at(4, 0, 4, 4), 0],
  ['new pods are made and none is available', at(4, 2, 3, 3), 0],
  ['half of them are available beside former ones', at(4, 2, 4, 2), 50],
  ['all are available and a former one still ends', at(4, 4, 5, 1), 99],
  ['a first version comes up', at(4, 4, 1, 0), 25],
  ['former pods were not available either', at(4, 1, 1, 3), 0],
  ['no pods are wanted', at(0, 0, 0, 2), 0],
])('when %s', (_, percent, expected) => {
  expect(percent).toBe(expected);
});
