import { describe, expect, test } from 'vitest';
import { type RuleDefinitionInput, ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { ReceptionStretch } from '#lib/model/reception.ts';
import type { RuleResult } from '../rules/instance.ts';
import { planEvaluation } from './plan-evaluation.ts';
import type { WatchedAgent } from './watched-agents.ts';

const AT = Date.UTC(2026, 10, 23, 12, 0, 7);
const TO = Date.UTC(2026, 10, 23, 11, 59, 30);
const ids = ['0191e6a0-0000-7000-8000-000000000001', '0191e6a0-0000-7000-8000-000000000002'];

const agent = (i: number, values: Partial<WatchedAgent> = {}): WatchedAgent => ({
  id: ids[i] ?? '',
  labels: {
    agent: `a${i}`,
    environment: 'default',
    namespace: '',
    type: i === 0 ? 'planner' : 'coder',
    version: '',
  },
  isStopped: false,
  lastTelemetryMs: AT - 60_000,
  ...values,
});
const agents = [agent(0), agent(1)];

/** What a rule finds out when the store says `values[group][window]` to each of its questions. */
function conclude(
  definition: RuleDefinitionInput,
  values: (number | null)[][][],
  watched: readonly WatchedAgent[] = agents,
  counts: number[][][] = values.map((answer) => answer.map((row) => row.map((v) => (v === null ? 0 : 10)))),
  receptions: readonly ReceptionStretch[] = ALWAYS,
) {
  const plan = planEvaluation(ruleDefinitionSchema.parse(definition), watched, receptions, AT);
  const result = plan.conclude(values.map((answer, i) => ({ values: answer, counts: counts[i] ?? [] })));
  return { queries: plan.queries, judged: judgedOf(result), result };
}
const judgedOf = (result: RuleResult) =>
  result.kind === 'points' ? result.points.map(({ judged }) => judged) : result.kind;

const ALWAYS = [{ fromMs: 0, toMs: AT }];
const levels = { critical: 10 };

describe('what is asked', () => {
  test('alerting S21: the window ends the offset before the slot, on a whole 10 s', () => {
    const { queries } = conclude({ type: 'threshold', levels }, [[[1], [2]]]);
    expect(queries).toMatchObject([
      { windows: [{ from: TO - 300_000, to: TO }], groups: [[ids[0]], [ids[1]]] },
    ]);
  });

  test('a rule over its team asks for the team, one with filters for the agents that pass', () => {
    expect(conclude({ type: 'threshold', groupBy: 'team', levels }, [[[1]]]).queries[0]?.groups).toBeNull();
    const source = { matchers: [{ name: 'type', operator: '=~', value: 'cod.*' } as const] };
    const filtered = conclude({ type: 'threshold', groupBy: 'team', levels, source }, [[[1]]]);
    expect(filtered.queries[0]?.groups).toEqual([[ids[1]]]);
  });

  test('groups of a label are its values', () => {
    const { result } = conclude({ type: 'threshold', groupBy: 'type', levels }, [[[1], [2]]]);
    expect(result).toMatchObject({
      points: [{ labels: { type: 'planner' } }, { labels: { type: 'coder' } }],
    });
  });

  test('where no agent passes nothing is asked and nothing expected', () => {
    const none = conclude({ type: 'threshold', levels }, [], []);
    expect([none.queries, none.judged]).toEqual([[], 'nothing_expected']);
  });
});

describe('what the answers mean', () => {
  test('threshold: the value itself; too few observations are no data, or zero where that is the policy', () => {
    expect(conclude({ type: 'threshold', levels }, [[[3], [null]]]).judged).toEqual([3, null]);
    const thin = { type: 'threshold', levels, minimumCount: 11 } as const;
    expect(conclude(thin, [[[3], [4]]]).judged).toEqual([null, null]);
    expect(conclude({ ...thin, noData: 'zero' }, [[[3], [4]]]).judged).toEqual([0, 0]);
  });

  test('rate of change: the difference to the window before, in percent of it or as it is', () => {
    const rule = { type: 'rate_of_change', levels } as const;
    expect(
      conclude(rule, [
        [
          [15, 10],
          [5, 0],
        ],
      ]).judged,
    ).toEqual([50, null]);
    expect(
      conclude({ ...rule, change: 'absolute' }, [
        [
          [15, 10],
          [5, 0],
        ],
      ]).judged,
    ).toEqual([5, 5]);
  });

  test('ratio: errors or cost by runs', () => {
    expect(conclude({ type: 'ratio', levels }, [[[0.2], [null]]]).judged).toEqual([0.2, null]);
    const cost = { type: 'ratio', ratio: 'cost_per_run', levels } as const;
    expect(
      conclude(cost, [
        [[4], [0]],
        [[2], [2]],
      ]).judged,
    ).toEqual([0.5, null]);
  });

  test('burn rate: the slower of the two windows, in multiples of the budget', () => {
    const rule = { type: 'burn_rate', levels, budget: 0.01, windowSeconds: 3600 } as const;
    const { queries, judged } = conclude(rule, [
      [
        [0.14, 0.2],
        [0.2, null],
      ],
    ]);
    expect(judged).toEqual([expect.closeTo(14), 0]);
    expect(queries[0]?.windows).toEqual([
      { from: TO - 3_600_000, to: TO },
      { from: TO - 300_000, to: TO },
    ]);
  });

  test('anomaly: with less than three weeks of history the rule learns', () => {
    const rule = { type: 'anomaly', groupBy: 'team', levels: { critical: 5 }, weeks: 3 } as const;
    const { queries } = conclude(rule, [[[]]]);
    const windows = queries[0]?.windows.length ?? 0;
    const young = Array.from({ length: windows }, (_, i) => (i <= 24 ? 10 : null));
    expect(conclude(rule, [[young]]).judged).toBe('learning');
    const known = Array.from({ length: windows }, (_, i) => (i === 0 ? 20 : 10));
    expect(conclude(rule, [[known]]).judged).toEqual([100]);
  });
});

describe('absence', () => {
  const silent = { type: 'absence', levels: { warning: 120, critical: 300 } } as const;

  test('any telemetry: the seconds since an agent was last heard', () => {
    const watched = [agent(0), agent(1, { lastTelemetryMs: AT - 400_000 })];
    expect(conclude(silent, [], watched).judged).toEqual([60, 400]);
  });

  test('agents that were stopped, or never heard, are not missed', () => {
    const watched = [agent(0, { isStopped: true }), agent(1, { lastTelemetryMs: null })];
    expect(conclude(silent, [], watched).judged).toBe('nothing_expected');
  });

  test('a metric: the longest of the levels in which nothing came', () => {
    const rule = { ...silent, source: { metric: 'heartbeats', measure: 'count' } } as const;
    const counts = [
      [
        [0, 4],
        [0, 0],
      ],
    ];
    const values = [
      [
        [null, 4],
        [null, null],
      ],
    ];
    expect(conclude(rule, values, agents, counts).judged).toEqual([120, 300]);
  });
});

describe('outages of Pitwall', () => {
  const silent = { type: 'absence', levels: { warning: 120, critical: 300 } } as const;
  /** Nobody could be heard from `from` to `to` seconds before now. */
  const outage = (from: number, to: number): ReceptionStretch[] => [
    { fromMs: 0, toMs: AT - from * 1000 },
    { fromMs: AT - to * 1000, toMs: AT },
  ];
  const heard = (secondsAgo: number) => [agent(0, { lastTelemetryMs: AT - secondsAgo * 1000 })];

  test('alerting S27: silence that an outage made is no silence of an agent, and one from before goes on', () => {
    expect(conclude(silent, [], heard(3700), [], outage(3650, 50)).judged).toEqual([50]);
    expect(conclude(silent, [], heard(3700), [], outage(3650, 130)).judged).toEqual([130]);
    expect(conclude(silent, [], heard(3780), [], outage(3650, 50)).judged).toEqual([120]);
    expect(conclude(silent, [], heard(3960), [], outage(3650, 50)).judged).toEqual([300]);
    expect(conclude(silent, [], heard(3960), [], [{ fromMs: 0, toMs: AT - 3_650_000 }]).judged).toEqual([
      300,
    ]);
  });

  test('alerting S27: the window in which a metric is missed reaches back over the outage', () => {
    const rule = { ...silent, source: { metric: 'heartbeats', measure: 'count' } } as const;
    const { queries } = conclude(rule, [[[1, 1]]], heard(60), undefined, outage(3660, 200));
    expect(queries[0]?.windows).toEqual([
      { from: TO - 120_000, to: TO },
      { from: Math.floor((AT - 3_960_000) / 10_000) * 10_000, to: TO },
    ]);
  });

  test('alerting S27: a window that nobody could fill says nothing, and its zero is none', () => {
    const rule = { type: 'threshold', levels, noData: 'zero' } as const;
    const { result } = conclude(rule, [[[null]]], heard(60), undefined, outage(200, 40));
    expect(result).toMatchObject({ kind: 'points', isHeard: false, points: [{ judged: null }] });
    const whole = conclude(rule, [[[null]]], heard(60), undefined, outage(2000, 400));
    expect(whole.result).toMatchObject({ kind: 'points', isHeard: true, points: [{ judged: 0 }] });
  });
});

test.each([
  ['no level', { type: 'threshold', levels: {} }],
  ['critical before warning', { type: 'threshold', levels: { warning: 10, critical: 5 } }],
  ['recovery on the bad side', { type: 'threshold', levels, recovery: { critical: 11 } }],
  ['recovery without its level', { type: 'threshold', levels, recovery: { warning: 1 } }],
  [
    'a measure that the metric has not',
    { type: 'threshold', levels, source: { metric: 'm', measure: 'requests' } },
  ],
  [
    'a label that agents have not',
    { type: 'threshold', levels, source: { matchers: [{ name: 'x', operator: '=', value: '' }] } },
  ],
  ['two windows of one length', { type: 'burn_rate', levels, windowSeconds: 300 }],
  ['absence of a team', { type: 'absence', levels, groupBy: 'team' }],
  ['a field that nobody knows', { type: 'threshold', levels, colour: 'red' }],
  ['a type of a later day', { type: 'loop_score', levels }],
])('a rule with %s is refused', (_, definition) => {
  expect(ruleDefinitionSchema.safeParse(definition).success).toBe(false);
});
