import { describe, expect, test } from 'vitest';
import { SCALING_DEFAULTS, type ScalingRule } from '#lib/model/scaling.ts';
import { type Recommendation, recommend, type ScalingMemory } from './recommend.ts';
import type { ScalingSituation } from './situation.ts';

const NOW = Date.UTC(2026, 10, 29, 12, 0, 0);
const queue = (target = 10, reports: 'whole_queue' | 'own_part' = 'whole_queue') =>
  ({ by: 'queue_depth', metric: 'jobs.waiting', reports, target }) as const;

/** A rule that acts at once, so that each row changes one thing. */
const prompt: ScalingRule = {
  ...SCALING_DEFAULTS,
  ...{ load: queue(), minReplicas: 1, maxReplicas: 20, maxStepUp: 1000, maxStepDown: 1000 },
  ...{ upStabilisationSeconds: 0, downStabilisationSeconds: 0, upCooldownSeconds: 0, downCooldownSeconds: 0 },
};
const nothing: ScalingMemory = { recent: [], lastScaledAt: null };

function said(
  rule: Partial<ScalingRule>,
  situation: Partial<ScalingSituation>,
  memory: Partial<ScalingMemory> = {},
): Recommendation {
  const replicas = situation.replicas ?? 4;
  const found = { replicas, available: replicas, load: null, costPerHour: null, ...situation };
  return recommend({ ...prompt, ...rule }, found, { ...nothing, ...memory }, NOW);
}

const ago = (seconds: number) => NOW - seconds * 1000;

describe('what a load asks for', () => {
  const rate = { by: 'request_rate', target: 30 } as const;
  const latency = { by: 'p95_latency', target: 2000 } as const;
  test.each([
    ['a queue twice the target doubles', queue(), 4, 80, 8],
    ['a queue is rounded up', queue(), 4, 81, 9],
    ['a queue of nothing leaves the least', queue(), 4, 0, 1],
    ['what each instance reports of itself is not divided again', queue(10, 'own_part'), 4, 20, 8],
    ['a rate is shared by the replicas', rate, 2, 150, 5],
    ['a rate of a third of the target', rate, 6, 60, 2],
    ['a latency scales by its ratio', latency, 4, 3000, 6],
    ['a latency far below its target lowers', latency, 4, 900, 2],
    ['10 % above the target is near enough', queue(), 4, 44, 4],
    ['10 % below the target is near enough', queue(), 4, 36, 4],
    ['beyond 10 % it is not', queue(), 4, 45, 5],
    ['an exact ratio is not rounded up by what computers make of it', queue(0.1), 3, 0.6, 6],
  ] as const)('%s', (_, load, replicas, value, to) => {
    expect(said({ load }, { replicas, load: value }).to).toBe(to);
  });

  test('the reason names the load, what each replica bears of it, the target and the number', () => {
    expect(said({}, { replicas: 2, load: 42 }).words).toBe(
      'jobs.waiting is at 42, 21 for each of 2 replicas, the target is 10: that asks for 5 replicas.',
    );
    expect(said({ maxReplicas: 1 }, { replicas: 1, load: 42 }).words).toBe(
      'jobs.waiting is at 42, 42 for the one replica, the target is 10: that asks for 5 replicas. There are 1 at most.',
    );
    expect(said({ load: latency }, { replicas: 2, load: 3000 }).words).toBe(
      '95 of 100 runs end within 3 s, the target is 2 s: that asks for 3 replicas.',
    );
  });
});

describe('what is not known', () => {
  test.each([
    ['silence of the load never changes anything', {}, { load: null, costPerHour: 1 }],
    ['silence of the load holds beyond the bounds too', { maxReplicas: 2 }, { load: null }],
    ['without a load, an unknown cost holds', { load: null, costPerHour: 5 }, { costPerHour: null }],
  ] as const)('%s', (_, rule, situation) => {
    const { outcome, to, words } = said(rule, situation);
    expect([outcome, to]).toEqual(['hold', 4]);
    expect(words).toContain('Silence changes nothing.');
  });

  test('silence is no asking: it does not count in the stabilisation window', () => {
    const recent = [{ at: ago(60), replicas: 6 }];
    expect(said({}, { load: null }, { recent }).recent).toEqual(recent);
  });
});

describe('the budget', () => {
  test.each([
    ['above its ceiling it lowers whatever the load', 2, { load: 80, costPerHour: 4 }, 2],
    ['below its ceiling it limits what is added', 2, { load: 80, costPerHour: 1.5 }, 5],
    ['far below its ceiling it changes nothing', 100, { load: 80, costPerHour: 1 }, 8],
    ['a cost of nothing limits nothing', 2, { load: 80, costPerHour: 0 }, 8],
    ['an unknown cost adds nothing', 2, { load: 80, costPerHour: null }, 4],
    ['an unknown cost lets what is not needed go', 2, { load: 20, costPerHour: null }, 2],
    ['the least number stays above any budget', 0.1, { load: 80, costPerHour: 4 }, 1],
  ] as const)('%s', (_, costPerHour, situation, to) => {
    expect(said({ costPerHour }, situation).to).toBe(to);
  });

  test('alone it lowers and never adds', () => {
    const alone = { load: null, costPerHour: 2 };
    expect(said(alone, { costPerHour: 3 })).toMatchObject({ outcome: 'change', to: 2 });
    expect(said(alone, { costPerHour: 0.1 })).toMatchObject({ outcome: 'stay', to: 4 });
  });

  test('the reason names cost, ceiling and what that carries', () => {
    expect(said({ costPerHour: 2 }, { load: 80, costPerHour: 4 }).words).toContain(
      'It costs $4.00 an hour and the budget is $2.00 an hour: that carries 2 replicas.',
    );
  });
});

describe('bounds, steps and cool-downs', () => {
  test.each([
    ['never above the most', { maxReplicas: 6 }, { load: 500 }, {}, 6],
    ['never below the least', { minReplicas: 3 }, { load: 0 }, {}, 3],
    ['what is above the most comes down', { maxReplicas: 3 }, { load: 40 }, {}, 3],
    ['what is below the least comes up', { minReplicas: 6 }, { load: 40 }, {}, 6],
    ['so many are added at once', { maxStepUp: 2 }, { load: 200 }, {}, 6],
    ['so many are taken away at once', { maxStepDown: 1 }, { load: 0 }, {}, 3],
    ['none are added while it cools', { upCooldownSeconds: 60 }, { load: 80 }, { lastScaledAt: ago(59) }, 4],
    ['some are once it has', { upCooldownSeconds: 60 }, { load: 80 }, { lastScaledAt: ago(60) }, 8],
    [
      'none are taken away while it cools',
      { downCooldownSeconds: 300 },
      { load: 0 },
      { lastScaledAt: ago(299) },
      4,
    ],
    [
      'the cool-down of the other direction does not count',
      { downCooldownSeconds: 300 },
      { load: 80 },
      { lastScaledAt: ago(1) },
      8,
    ],
    ['none are added while some are not available yet', {}, { load: 80, available: 3 }, {}, 4],
    ['some are taken away although others are not available', {}, { load: 20, available: 3 }, {}, 2],
  ] as const)('%s', (_, rule, situation, memory, to) => {
    expect(said(rule, situation, memory).to).toBe(to);
  });

  test('why it waits is said with its figures', () => {
    expect(said({ upCooldownSeconds: 60 }, { load: 80 }, { lastScaledAt: ago(20) }).words).toContain(
      '40 s to go',
    );
    expect(said({}, { load: 80, available: 3 }).words).toContain('3 of 4 replicas are available');
    expect(said({ maxStepUp: 2 }, { load: 200 }).words).toContain('2 at once at most are added: 6 for now.');
  });
});

describe('stabilisation', () => {
  const slow = { downStabilisationSeconds: 300, upStabilisationSeconds: 60 };
  const recent = (...pairs: [secondsAgo: number, replicas: number][]) => ({
    recent: pairs.map(([seconds, replicas]) => ({ at: ago(seconds), replicas })),
  });
  test.each([
    ['lowered to the most of the window', { load: 20 }, recent([200, 3], [100, 2]), 3],
    ['not lowered while the window holds as many as there are', { load: 20 }, recent([299, 4], [100, 2]), 4],
    ['what is older than the window does not count', { load: 20 }, recent([300, 4], [100, 2]), 2],
    ['raised to the least of the window', { load: 80 }, recent([50, 6], [20, 9]), 6],
    ['not raised while the window holds fewer', { load: 80 }, recent([50, 4]), 4],
    ['the first look lowers nothing', { load: 0 }, {}, 4],
    [
      'the first look after a silence longer than the window lowers nothing',
      { load: 0 },
      recent([900, 1]),
      4,
    ],
  ] as const)('%s', (_, situation, memory, to) => {
    expect(said(slow, situation, memory).to).toBe(to);
  });

  test('the memory is bounded by the longest window', () => {
    let memory: ScalingMemory = nothing;
    for (let seconds = 7200; seconds > 0; seconds -= 30) {
      const { recent } = recommend(
        { ...prompt, ...slow },
        { replicas: 4, available: 4, load: 40, costPerHour: null },
        memory,
        ago(seconds),
      );
      memory = { ...memory, recent };
    }
    expect(memory.recent.length).toBeLessThanOrEqual(11);
  });
});
