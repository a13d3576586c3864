import { expect, test } from 'vitest';
import { replicaSteps } from './replica-steps.ts';

test('each look is a step as wide as it counts, from nothing up to the most', () => {
  expect(replicaSteps([2, 4])).toEqual({
    ...{ top: 4 },
    points: [
      [0, 0.5],
      [0.5, 0.5],
      [0.5, 1],
      [1, 1],
    ],
  });
  expect(replicaSteps([])).toEqual({ points: [], top: 1 });
});
