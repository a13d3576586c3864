import { expect, test } from 'vitest';
import { type RuleDefinitionInput, ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { Rule } from '../instance.ts';
import { judge } from '../verdict.ts';
import { breachReason } from '../words.ts';
import { exampleMessage } from './example-message.ts';

const ruleOf = (definition: RuleDefinitionInput): Rule => ({
  ...{ id: 'r', teamId: 't', name: 'Too many', version: 1 },
  definition: ruleDefinitionSchema.parse(definition),
});
const exampleOf = (definition: RuleDefinitionInput) => exampleMessage(ruleOf(definition), [], 0).message;

test.each<[RuleDefinitionInput, string]>([
  [{ type: 'ratio', levels: { critical: 0.2 } }, '25% is over 20%'],
  [{ type: 'ratio', levels: { critical: 0.9 } }, '95% is over 90%'],
  [{ type: 'ratio', levels: { warning: 0 } }, '50% is over 0%'],
  [{ type: 'ratio', ratio: 'cost_per_run', levels: { warning: 2 } }, '$2.50 is over $2.00'],
  [{ type: 'threshold', source: { measure: 'latency_p95' }, levels: { critical: 4000 } }, '5 s is over 4 s'],
  [{ type: 'threshold', operator: '<', levels: { critical: 4 } }, '3 per minute is under 4 per minute'],
  [
    { type: 'threshold', operator: '<=', source: { metric: 'x', measure: 'avg' }, levels: { critical: 0 } },
    '-1 is at most 0',
  ],
  [{ type: 'rate_of_change', levels: { critical: 100 } }, '125% is over 100%'],
])('the example of %j is a value that really breaches', (definition, message) => {
  expect(exampleOf(definition)).toBe(message);
});

test('shares read as percent, and a breach that the digits hide is told as one', () => {
  const rule = ruleOf({ type: 'ratio', levels: { warning: 0.1 } });
  const reasonOf = (judged: number) =>
    breachReason(rule, 'warning', { value: judged, judged, threshold: 0.1 });
  expect(reasonOf(0.129)).toBe('12.9% is over 10%');
  expect(reasonOf(0.1000001)).toBe('10% is just over 10%');
  expect(judge(rule.definition, 0.1000001, null)).toBe('warning');
});
