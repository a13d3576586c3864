import { describe, expect, test } from 'vitest';
import { type RuleDefinitionInput, ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { Rule, RuleInstance, RuleOutcome, RulePoint, RuleResult } from './instance.ts';
import { transition } from './transition.ts';

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;

function makeRule(definition: Partial<RuleDefinitionInput> = {}): Rule {
  const given = { type: 'threshold', levels: { critical: 10 }, ...definition } as RuleDefinitionInput;
  return {
    id: 'r',
    teamId: 't',
    name: 'Too many',
    version: 1,
    definition: ruleDefinitionSchema.parse(given),
  };
}

const point = (agent: string, judged: number | null): RulePoint => ({
  labels: { agent },
  agentId: null,
  value: judged,
  judged,
});
const points = (values: Record<string, number | null>, isHeard = true): RuleResult => ({
  kind: 'points',
  isHeard,
  points: Object.entries(values).map(([agent, value]) => point(agent, value)),
});
const nothing: RuleResult = { kind: 'points', points: [], isHeard: true };
const failure: RuleResult = { kind: 'error', reason: 'no answer' };

/** A rule whose evaluations follow each other; minutes after the start. */
function evaluations(first: Rule) {
  let rule = first;
  let instances: RuleInstance[] = [];
  return {
    change: (definition: Partial<RuleDefinitionInput>) => {
      rule = makeRule(definition);
    },
    at(minute: number, result: RuleResult): RuleOutcome {
      const outcome = transition(rule, result, instances, T0 + minute * MINUTE);
      instances = outcome.instances;
      return outcome;
    },
    states: () => Object.fromEntries(instances.map((i) => [i.labels.agent ?? i.labels.alertname, i.state])),
    get instances() {
      return instances;
    },
  };
}

const told = ({ findings }: RuleOutcome) =>
  findings.map(({ labels, firing }) => `${labels.agent ?? labels.alertname} ${firing ? 'fires' : 'is over'}`);

describe('hold times', () => {
  test('alerting S1: the first breach with a hold time is pending and tells nobody', () => {
    const run = evaluations(makeRule({ forSeconds: 300 }));
    expect(told(run.at(0, points({ a: 11 })))).toEqual([]);
    expect(run.states()).toEqual({ a: 'pending' });
  });

  test('alerting S2: it fires at the first evaluation at which the hold time has passed, inclusive', () => {
    const run = evaluations(makeRule({ forSeconds: 300 }));
    run.at(0, points({ a: 11 }));
    expect(told(run.at(4.999, points({ a: 11 })))).toEqual([]);
    expect(told(run.at(5, points({ a: 11 })))).toEqual(['a fires']);
  });

  test('alerting S3: without a hold time the first breach fires, never pending', () => {
    const run = evaluations(makeRule());
    const outcome = run.at(0, points({ a: 11 }));
    expect(told(outcome)).toEqual(['a fires']);
    expect(outcome.transitions).toMatchObject([{ from: 'normal', to: 'firing' }]);
  });

  test('alerting S4: one clear evaluation ends pending, and the next breach starts from zero', () => {
    const run = evaluations(makeRule({ forSeconds: 300 }));
    run.at(0, points({ a: 11 }));
    expect(told(run.at(4, points({ a: 1 })))).toEqual([]);
    expect(run.instances).toEqual([]);
    run.at(5, points({ a: 11 }));
    expect(told(run.at(9, points({ a: 11 })))).toEqual([]);
    expect(told(run.at(10, points({ a: 11 })))).toEqual(['a fires']);
  });

  test('alerting S5: it goes on firing for the time to keep, which every breach starts anew', () => {
    const run = evaluations(makeRule({ keepFiringForSeconds: 180 }));
    run.at(0, points({ a: 11 }));
    run.at(1, points({ a: 1 }));
    expect(run.states()).toEqual({ a: 'recovering' });
    expect(told(run.at(3, points({ a: 11 })))).toEqual(['a fires']);
    run.at(4, points({ a: 1 }));
    expect(told(run.at(6, points({ a: 1 })))).toEqual([]);
    expect(told(run.at(7, points({ a: 1 })))).toEqual(['a is over']);
  });

  test('alerting S6: what is told outside began when it fired, not when it was pending', () => {
    const run = evaluations(makeRule({ forSeconds: 300 }));
    run.at(0, points({ a: 11 }));
    const { findings, instances } = run.at(5, points({ a: 11 }));
    expect(findings[0]?.startsAt).toEqual(new Date(T0 + 5 * MINUTE));
    expect(instances[0]?.activeAtMs).toBe(T0);
    expect(run.at(6, points({ a: 12 })).findings[0]?.startsAt).toEqual(new Date(T0 + 5 * MINUTE));
  });

  test('alerting S10: a raised hold time that is not reached moves a firing one back to pending', () => {
    const run = evaluations(makeRule({ forSeconds: 60 }));
    run.at(0, points({ a: 11 }));
    run.at(1, points({ a: 11 }));
    run.change({ forSeconds: 300 });
    expect(told(run.at(2, points({ a: 11 })))).toEqual(['a is over']);
    expect(run.states()).toEqual({ a: 'pending' });
    expect(told(run.at(5, points({ a: 11 })))).toEqual(['a fires']);
  });

  test('alerting S10: an edit that changes nothing, or only words, keeps what fires as it is', () => {
    const run = evaluations(makeRule({ forSeconds: 60 }));
    run.at(0, points({ a: 11 }));
    run.at(1, points({ a: 11 }));
    run.change({ forSeconds: 60, annotations: { summary: 'new' } });
    const outcome = run.at(2, points({ a: 11 }));
    expect([outcome.transitions, told(outcome)]).toEqual([[], []]);
  });
});

describe('identity', () => {
  test('alerting S7: values and annotations follow every evaluation, the identity stays', () => {
    const run = evaluations(makeRule({ annotations: { summary: 'now {{ value }}' } }));
    const first = run.at(0, points({ a: 11 })).findings[0];
    const second = run.at(1, points({ a: 12 })).findings[0];
    expect([first?.annotations, second?.annotations]).toEqual([
      { summary: 'now 11 per minute' },
      { summary: 'now 12 per minute' },
    ]);
    expect([second?.value, second?.fingerprint]).toEqual([12, first?.fingerprint]);
  });

  test('alerting S7: another label set is another instance', () => {
    const run = evaluations(makeRule());
    const [a] = run.at(0, points({ a: 11 })).instances;
    const both = run.at(1, points({ a: 11, b: 11 })).instances;
    expect(new Set(both.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    expect(both.map(({ fingerprint }) => fingerprint)).toContain(a?.fingerprint);
  });

  test('alerting S8: series that become one fail the whole evaluation and touch nothing', () => {
    const run = evaluations(makeRule());
    run.at(0, points({ a: 11, b: 11 }));
    const before = run.instances;
    run.change({ labels: { agent: 'same' } });
    const outcome = run.at(1, points({ a: 1, b: 1 }));
    expect(outcome).toMatchObject({
      failed: true,
      transitions: [],
      findings: [],
      health: { state: 'error' },
    });
    expect(run.instances).toEqual(before);
  });

  test('alerting S8: a label that can not be filled in fails the evaluation, a message falls back', () => {
    const broken = makeRule({ labels: { owner: '{{ nobody }}' } });
    expect(evaluations(broken).at(0, points({ a: 11 }))).toMatchObject({ failed: true, instances: [] });
    const worded = makeRule({ title: '{{ rule }} on {{ agent }}', message: '{{ what? }}' });
    const { findings } = evaluations(worded).at(0, points({ a: 11 }));
    expect(findings).toMatchObject([
      { title: 'Too many on a', message: '11 per minute is over 10 per minute' },
    ]);
  });

  test('alerting S9: over the limit nothing that fires is dropped and nothing is added', () => {
    const run = evaluations(makeRule({ instanceLimit: 2 }));
    run.at(0, points({ a: 11, b: 11 }));
    const outcome = run.at(1, points({ a: 11, b: 11, c: 11 }));
    expect([outcome.failed, told(outcome)]).toEqual([true, []]);
    expect(run.states()).toEqual({ a: 'firing', b: 'firing' });
  });
});

describe('thresholds', () => {
  test('alerting S11: between recovery and threshold a firing one fires on and a normal one stays normal', () => {
    const run = evaluations(makeRule({ recovery: { critical: 5 } }));
    run.at(0, points({ a: 11, b: 7 }));
    expect(run.states()).toEqual({ a: 'firing' });
    run.at(1, points({ a: 5, b: 10 }));
    expect(run.states()).toEqual({ a: 'firing' });
    expect(told(run.at(2, points({ a: 4.9, b: 1 })))).toEqual(['a is over']);
  });

  const share = { type: 'ratio', levels: { warning: 0.1, critical: 0.3 } } as const;
  test.each<[Partial<RuleDefinitionInput>, number, number, string]>([
    [{ ...share, recovery: { warning: 0.08 } }, 0.2, 0.08, '8%, was over 10%; recovers under 8%'],
    [{ ...share, recovery: { critical: 0.25 } }, 0.4, 0.28, '28%, was over 30%; recovers under 25%'],
    [{ ...share, recovery: { warning: 0.08 } }, 0.2, 0.15, '15% is over 10%'],
    [
      { operator: '<=', levels: { critical: 5 }, recovery: { critical: 8 } },
      ...[4, 7, '7 per minute, was at most 5 per minute; recovers over 8 per minute'],
    ] as const,
    [
      { type: 'absence', levels: { critical: 900 }, recovery: { critical: 120 } },
      ...[1313, 300, 'silent for 5 min, was over 15 min; recovers under 2 min'],
    ] as const,
    [
      { type: 'anomaly', levels: { warning: 5 }, recovery: { warning: 3 } },
      ...[6, 4],
      '4 deviations from what is usual at this hour, was warning from 5 on; recovers under 3',
    ] as const,
    [
      { type: 'burn_rate', windowSeconds: 3600, levels: { critical: 14 }, recovery: { critical: 10 } },
      ...[20, 12],
      'burns its error budget 12 times too fast, was critical from 14 on; recovers under 10',
    ] as const,
  ])('alerting S11: what fires on says the value that it has: %#', (definition, first, then, words) => {
    const run = evaluations(makeRule(definition));
    run.at(0, points({ a: first }));
    const [finding] = run.at(1, points({ a: then })).findings;
    expect([finding?.firing, finding?.reason, finding?.message]).toEqual([true, words, words]);
  });

  test('alerting S11: what fires on says the threshold that it was beyond, not one that was set since', () => {
    const recovery = { critical: 5 };
    const message = '{{ reason }} ({{ threshold }})';
    const run = evaluations(makeRule({ recovery, message }));
    const says = (minute: number, value: number) => run.at(minute, points({ a: value })).findings[0]?.message;
    says(0, 15);
    run.change({ recovery, message, levels: { critical: 20 } });
    const held = 'was over 10 per minute; recovers under 5 per minute (10 per minute)';
    expect(says(1, 14)).toBe(`14 per minute, ${held}`);
    expect(says(2, 13)).toBe(`13 per minute, ${held}`);
    expect(says(3, 25)).toBe('25 per minute is over 20 per minute (20 per minute)');
    expect(says(4, 13)).toContain('was over 20 per minute');
  });

  test('alerting S11: what has come down to a milder level that was raised says no more than it was', () => {
    const run = evaluations(makeRule({ levels: { warning: 10, critical: 30 } }));
    run.at(0, points({ a: 40 }));
    run.change({ levels: { warning: 50, critical: 60 }, recovery: { warning: 5 } });
    const [finding] = run.at(1, points({ a: 33 })).findings;
    expect(finding).toMatchObject({
      severity: 'warning',
      reason: '33 per minute, was over 30 per minute; recovers under 5 per minute',
    });
  });

  const requests = { type: 'ratio', minimumCount: 1 } as const;
  test.each<[Partial<RuleDefinitionInput>, number, string]>([
    [{ type: 'absence', levels: { critical: 300 } }, 612.3, '10 min 12 s of 5 min'],
    [{ ...requests, levels: { critical: 0.1 } }, 0.1234, '12.34% of 10%'],
    [{ ...requests, ratio: 'cost_per_run', levels: { critical: 0.5 } }, 1.234, '$1.23 of $0.50'],
    [
      { ...requests, ratio: 'tokens_per_run', levels: { critical: 5000 } },
      12_345,
      '12.3k tokens of 5,000 tokens',
    ],
    [{ source: { measure: 'cost' }, levels: { critical: 2 } }, 2.5, '$2.50 per minute of $2.00 per minute'],
    [{ source: { measure: 'latency_p95' }, levels: { critical: 4000 } }, 75_000, '1 min 15 s of 4 s'],
    [{ source: { measure: 'error_rate' }, levels: { critical: 0.5 } }, 0.6, '60% of 50%'],
    [{ type: 'rate_of_change', levels: { critical: 50 } }, 125, '125% of 50%'],
    [
      { type: 'rate_of_change', change: 'absolute', source: { measure: 'cost' } },
      12,
      '$12.00 per minute of $10.00 per minute',
    ],
    [{ type: 'burn_rate', windowSeconds: 3600, levels: { critical: 14 } }, 20, '2000% of 14 times too fast'],
    [{ source: { metric: 'queue.depth', measure: 'max' } }, 11.5, '11.5 of 10'],
  ])('a message says values and thresholds in the units of people: %j at %d', (definition, value, words) => {
    const run = evaluations(makeRule({ ...definition, message: '{{ value }} of {{ threshold }}' }));
    expect(run.at(0, points({ a: value })).findings[0]?.message).toBe(words);
  });

  test.each([
    [59.6, 50, 'silent for 1 min, at most 50 s allowed'],
    [1313, 900, 'silent for 21 min 53 s, at most 15 min allowed'],
    [7200, 3600, 'silent for 2 h, at most 1 h allowed'],
  ])('a silence of %d s is said in the units of people', (silent, critical, words) => {
    const run = evaluations(makeRule({ type: 'absence', levels: { critical } }));
    expect(run.at(0, points({ a: silent })).findings[0]?.reason).toBe(words);
  });

  test('alerting S11: the recovery threshold neither starts nor keeps pending', () => {
    const run = evaluations(makeRule({ forSeconds: 60, recovery: { critical: 5 } }));
    run.at(0, points({ a: 11 }));
    run.at(1, points({ a: 7 }));
    expect(run.states()).toEqual({});
  });

  test('alerting S11: with < the good side is above', () => {
    const run = evaluations(makeRule({ operator: '<', levels: { critical: 5 }, recovery: { critical: 8 } }));
    run.at(0, points({ a: 4 }));
    run.at(1, points({ a: 8 }));
    expect(run.states()).toEqual({ a: 'firing' });
    expect(told(run.at(2, points({ a: 8.1 })))).toEqual(['a is over']);
  });

  test.each([
    ['>', 10, false],
    ['>', 10.1, true],
    ['>=', 10, true],
    ['<', 10, false],
    ['<=', 10, true],
  ] as const)('alerting S12: %s fires at %d: %s', (operator, value, fires) => {
    const run = evaluations(makeRule({ operator }));
    expect(told(run.at(0, points({ a: value })))).toEqual(fires ? ['a fires'] : []);
  });

  test('alerting S12: not a number never breaches and is no data', () => {
    const run = evaluations(makeRule({ noData: 'alert' }));
    expect(told(run.at(0, points({ a: Number.NaN })))).toEqual(['DatasourceNoData fires']);
  });

  test('two levels: the severity follows the value, and each change of it is told', () => {
    const run = evaluations(makeRule({ levels: { warning: 5, critical: 10 } }));
    const severities = [6, 11, 7].map(
      (value, minute) => run.at(minute, points({ a: value })).findings[0]?.severity,
    );
    expect(severities).toEqual(['warning', 'critical', 'warning']);
  });
});

describe('no data and errors', () => {
  test('alerting S13: an error says nothing about the series: they stay as they are', () => {
    const run = evaluations(makeRule({ onError: 'keep-last', forSeconds: 60 }));
    run.at(0, points({ a: 11 }));
    run.at(1, points({ a: 11, b: 11 }));
    const before = run.instances;
    expect(run.at(2, failure)).toMatchObject({ transitions: [], findings: [], health: { state: 'error' } });
    expect(run.instances).toEqual(before);
  });

  test('alerting S14: an error is an alert of its own, which ends when the source answers', () => {
    const run = evaluations(makeRule());
    run.at(0, points({ a: 11 }));
    const failed = run.at(1, failure);
    expect(told(failed)).toEqual(['DatasourceError fires']);
    expect(failed.findings[0]?.labels).toMatchObject({ rule: 'Too many', source: 'metrics' });
    expect(run.states()).toEqual({ a: 'firing', DatasourceError: 'firing' });
    expect(told(run.at(2, points({ a: 11 })))).toEqual(['DatasourceError is over']);
    expect(run.states()).toEqual({ a: 'firing' });
  });

  test.each([
    ['alerting', { a: 'firing' }],
    ['normal', {}],
    ['keep-last', { a: 'firing' }],
  ] as const)('alerting S14: under the policy %s a firing series becomes %j', (onError, after) => {
    const run = evaluations(makeRule({ onError }));
    run.at(0, points({ a: 11 }));
    run.at(1, failure);
    expect(run.states()).toEqual(after);
  });

  test.each([
    ['alert', ['DatasourceNoData fires'], { a: 'firing', DatasourceNoData: 'firing' }],
    ['alerting', [], { a: 'firing' }],
    ['normal', ['a is over'], {}],
    ['keep-last', [], { a: 'firing' }],
    ['zero', ['a is over'], {}],
  ] as const)('alerting S16: no data under the policy %s tells %j', (noData, says, after) => {
    const run = evaluations(makeRule({ noData }));
    run.at(0, points({ a: 11 }));
    expect(told(run.at(1, nothing))).toEqual(says);
    expect(run.states()).toEqual(after);
  });

  test.each(['alert', 'alerting', 'normal', 'zero'] as const)(
    'alerting S27: what Pitwall could not take itself is no data under no policy: %s changes nothing',
    (noData) => {
      const run = evaluations(makeRule({ noData }));
      run.at(0, points({ a: 11 }));
      for (const minute of [1, 2, 3]) expect(told(run.at(minute, points({ a: null }, false)))).toEqual([]);
      expect(run.states()).toEqual({ a: 'firing' });
    },
  );

  test('alerting S16: zero is a value like any other', () => {
    const rule = makeRule({ groupBy: 'team', operator: '<', levels: { critical: 1 }, noData: 'zero' });
    expect(told(evaluations(rule).at(0, nothing))).toEqual(['Too many fires']);
  });

  test('alerting S17: no data and errors hold as long as anything else', () => {
    const run = evaluations(makeRule({ noData: 'alert', forSeconds: 300 }));
    expect(told(run.at(0, nothing))).toEqual([]);
    expect(run.states()).toEqual({ DatasourceNoData: 'pending' });
    expect(told(run.at(4, nothing))).toEqual([]);
    expect(told(run.at(5, nothing))).toEqual(['DatasourceNoData fires']);
  });

  test.each([
    ['alert', 'DatasourceNoData'],
    ['alerting', 'Too many'],
  ] as const)(
    'alerting S17: with %s the clock counts on from a breach over an error to no data',
    (policy, name) => {
      const run = evaluations(
        makeRule({ groupBy: 'team', forSeconds: 300, noData: policy, onError: policy }),
      );
      run.at(0, {
        kind: 'points',
        points: [{ labels: {}, agentId: null, value: 11, judged: 11 }],
        isHeard: true,
      });
      run.at(2, failure);
      run.at(4, nothing);
      expect(told(run.at(5, nothing))).toEqual([`${name} fires`]);
    },
  );

  test('alerting S18: a series that is missing among others is kept for two evaluations, then over', () => {
    const run = evaluations(makeRule({ noData: 'alert' }));
    run.at(0, points({ a: 11, b: 11 }));
    expect(told(run.at(1, points({ b: 11 })))).toEqual([]);
    const outcome = run.at(2, points({ b: 11 }));
    expect(told(outcome)).toEqual(['a is over']);
    expect(outcome.findings[0]?.reason).toBe('missing series');
  });

  test('alerting S27: a series that others are heard before after an outage is not missing', () => {
    const run = evaluations(makeRule());
    run.at(0, points({ a: 11, b: 11 }));
    for (const minute of [1, 2, 3]) run.at(minute, points({ b: 11 }, false));
    expect(run.states()).toEqual({ a: 'firing', b: 'firing' });
  });

  test('alerting S18: one that comes back in between has missed nothing', () => {
    const run = evaluations(makeRule({ missedEvaluations: 2 }));
    const seen: Record<string, number>[] = [{ a: 11, b: 1 }, { b: 1 }, { a: 11, b: 1 }, { b: 1 }];
    for (const [minute, values] of seen.entries()) run.at(minute, points(values));
    expect(run.states()).toEqual({ a: 'firing' });
  });

  test('alerting S19: for an absence rule no data is the alert, unless somebody says otherwise', () => {
    const rule = makeRule({ type: 'absence', levels: { critical: 120 } });
    expect(rule.definition.noData).toBe('alerting');
    expect(told(evaluations(rule).at(0, nothing))).toEqual(['Too many fires']);
  });

  test.each([
    [1, []],
    [5, ['DatasourceNoData is over']],
  ] as const)('alerting S20: after %d min without data the recovery tells %j', (minutes, says) => {
    const run = evaluations(makeRule({ noData: 'alert', forSeconds: 300 }));
    for (let minute = 0; minute <= minutes; minute++) run.at(minute, nothing);
    expect(told(run.at(minutes + 1, points({ a: 1 })))).toEqual(says);
    expect(run.instances).toEqual([]);
  });

  test('a rule without anything to watch ends what it had, and is not without data', () => {
    const run = evaluations(makeRule({ noData: 'alert' }));
    run.at(0, points({ a: 11 }));
    run.at(1, { kind: 'nothing_expected' });
    expect(told(run.at(2, { kind: 'nothing_expected' }))).toEqual(['a is over']);
  });

  test('a rule that learns keeps what it had', () => {
    const run = evaluations(makeRule());
    run.at(0, points({ a: 11 }));
    expect(run.at(1, { kind: 'learning', reason: 'two weeks' }).health.state).toBe('learning');
    expect(run.states()).toEqual({ a: 'firing' });
  });
});

test('alerting S30: an older evaluation changes nothing that a newer one has written', () => {
  const run = evaluations(makeRule());
  run.at(5, points({ a: 11 }));
  const outcome = run.at(4, points({ a: 1, b: 11 }));
  expect(run.states()).toEqual({ a: 'firing', b: 'firing' });
  expect(told(outcome)).toEqual(['b fires']);
});
