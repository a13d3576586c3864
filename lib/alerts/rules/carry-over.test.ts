import { expect, test } from 'vitest';
import type { Labels } from '#lib/model/alert.ts';
import { type RuleDefinitionInput, ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { carryOver, strangersOf } from './carry-over.ts';
import { instanceIdentity } from './identity.ts';
import type { Rule, RuleInstance } from './instance.ts';

function version(number: number, name: string, definition: Partial<RuleDefinitionInput> = {}): Rule {
  const whole = { type: 'threshold', levels: { critical: 10 }, ...definition } as RuleDefinitionInput;
  return { id: 'r', teamId: 't', name, version: number, definition: ruleDefinitionSchema.parse(whole) };
}

const fires = (rule: Rule, series: Labels): RuleInstance => ({
  ...instanceIdentity(rule, series),
  ...{ kind: 'data', state: 'firing', severity: 'critical', agentId: null, value: 11, threshold: 10 },
  ...{ activeAtMs: 0, firedAtMs: 0, clearSinceMs: null, lastEvaluatedAtMs: 0, missed: 0 },
});
const [a, b] = [{ agent: 'a', environment: 'production' }, { agent: 'b' }];

test('alerting S7: each series is carried over from whichever version last called it otherwise, with all else it has', () => {
  const [first, second] = [version(1, 'Slow'), version(2, 'Slower', { labels: { owner: '{{ agent }}' } })];
  const now = version(3, 'Slowest', { labels: { team: 'of {{ agent }}, {{ rule }}' } });
  const instances = [fires(first, a), fires(second, b), fires(now, { agent: 'c' })];
  const carried = carryOver(now, [second, first], instances);
  expect(carried.map(({ before }) => before)).toEqual(instances.slice(0, 2));
  expect(carried.map(({ after }) => after)).toEqual([fires(now, a), fires(now, b)]);
  expect(
    strangersOf(
      now,
      carried.map(({ after }) => after),
    ),
  ).toEqual([]);
});

test('alerting S7, S8: what would become one, is grouped by something else or can not be told apart is left alone', () => {
  const first = version(1, 'Slow');
  const instances = [fires(first, a), fires(first, b)];
  const merged = version(2, 'Slow', { labels: { agent: 'same', environment: '' } });
  expect(carryOver(merged, [first], instances)).toEqual([]);
  expect(carryOver(version(2, 'Slow', { groupBy: 'team' }), [first], instances)).toEqual([]);
  const hidden = version(1, 'Slow', { labels: { agent: 'x-{{ agent }}' } });
  expect(carryOver(version(2, 'Slower'), [hidden], [fires(hidden, b)])).toEqual([]);
});
