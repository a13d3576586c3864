import { expect, test } from 'vitest';
import { SCALING_DEFAULTS, type ScalingRule } from '#lib/model/scaling.ts';
import { simulate } from './simulate.ts';

const rule: ScalingRule = {
  ...SCALING_DEFAULTS,
  load: { by: 'request_rate', target: 10 },
  ...{ minReplicas: 1, maxReplicas: 8, downStabilisationSeconds: 120, downCooldownSeconds: 120 },
};
const looks = (loads: readonly (number | null)[]) =>
  loads.map((load, i) => ({ at: i * 60_000, load, costPerHour: null, isHeard: load !== null }));

test('a burst is followed up at once and down step by step, and silence changes nothing', () => {
  const { replicas, changes, held, words } = simulate(
    rule,
    2,
    looks([20, 40, 40, null, null, 10, 10, 10, 10, 10]),
  );
  expect(replicas).toEqual([2, 4, 4, 4, 4, 4, 4, 3, 3, 2]);
  expect(changes.map(({ from, to }) => [from, to])).toEqual([
    [2, 4],
    [4, 3],
    [3, 2],
  ]);
  expect([held, words]).toEqual([
    2,
    'It would have changed the number 3 times, between 2 and 4 replicas. Nothing was known at 2 of 10 looks.',
  ]);
});

test('what would not have changed, and what nobody can say, is said', () => {
  expect(simulate(rule, 2, looks([20, 21])).words).toBe('It would have stayed at 2 replicas.');
  expect(simulate(rule, 2, looks([null])).words).toContain('Nothing was measured');
  const latency = { ...rule, load: { by: 'p95_latency', target: 100 } as const };
  expect(simulate(latency, 2, looks([100])).words).toContain('takes what was measured as it was');
});
