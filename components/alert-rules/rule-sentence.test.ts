import { expect, test } from 'vitest';
import { type RuleDefinitionInput, ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { offsetWords, ruleSentence } from './rule-sentence.ts';

const say = (input: RuleDefinitionInput) => ruleSentence(ruleDefinitionSchema.parse(input));

test('a ratio says who, how much and for how long', () => {
  expect(say({ type: 'ratio', levels: { critical: 0.2 }, forSeconds: 300 })).toBe(
    'Fires critical when the error rate of any agent is over 20% for 5 minutes, measured over 5 minutes.',
  );
});

test('alerting S21: a rule says up to when it looks at data', () => {
  const words = (input: RuleDefinitionInput) => offsetWords(ruleDefinitionSchema.parse(input));
  const threshold = { type: 'threshold', levels: { critical: 1 } } as const;
  expect(words(threshold)).toMatch(/^Each evaluation looks at data up to 30 seconds before it,/);
  expect(words({ ...threshold, offsetSeconds: 90 })).toContain('up to 1 minute 30 seconds before it');
  expect(words({ ...threshold, offsetSeconds: 0 })).toContain('up to its own moment');
  expect(words({ type: 'absence', levels: { critical: 120 } })).toBe('');
});

test('two levels, filters, recovery and patience stand in the sentence', () => {
  expect(
    say({
      type: 'threshold',
      source: {
        measure: 'latency_p95',
        matchers: [{ name: 'environment', operator: '=', value: 'production' }],
      },
      levels: { warning: 2000, critical: 5000 },
      recovery: { critical: 1500 },
      keepFiringForSeconds: 120,
      noData: 'keep-last',
    }),
  ).toBe(
    'Fires warning or critical when the p95 latency of any agent in production is over 2 s (warning) or 5 s (critical), measured over 5 minutes. Once firing, it goes on until the value is under 1.5 s. It fires for 2 minutes longer than the breach. Without data everything stays as it was.',
  );
});

test('a rule on calls says so', () => {
  const [of, levels] = ['model', { critical: 0.2 }] as const;
  expect(say({ type: 'ratio', source: { of }, levels })).toContain(
    'when the error rate of the model calls of any agent is over 20%',
  );
  expect(say({ type: 'threshold', source: { of, measure: 'requests' }, levels: { critical: 5 } })).toContain(
    'when the model calls per minute of any agent is over 5',
  );
  expect(say({ type: 'threshold', source: { of: 'tool', measure: 'latency_p95' }, levels })).toContain(
    'when the p95 latency of the tool calls of any agent is over',
  );
  expect(say({ type: 'burn_rate', source: { of }, windowSeconds: 3600, levels })).toContain(
    'when the model calls of any agent burn their error budget',
  );
});

test('every other type has its own words', () => {
  expect(say({ type: 'absence', source: { metric: 'operations' }, levels: { critical: 300 } })).toBe(
    'Fires critical when any agent sends no runs for 5 minutes.',
  );
  expect(say({ type: 'absence', levels: { critical: 300 } })).toBe(
    'Fires critical when any agent sends no telemetry for 5 minutes.',
  );
  expect(say({ type: 'rate_of_change', source: { measure: 'cost' }, levels: { warning: 50 } })).toBe(
    'Fires warning when the change of the cost per minute of any agent against 5 minutes earlier is over 50%, measured over 5 minutes.',
  );
  expect(say({ type: 'burn_rate', windowSeconds: 3600, budget: 0.01, levels: { critical: 14.4 } })).toBe(
    'Fires critical when the runs of any agent burn their error budget of 1% at least 14.4 times too fast, over 1 hour and over 5 minutes.',
  );
  expect(say({ type: 'anomaly', groupBy: 'team', levels: { warning: 6 }, direction: 'above' })).toBe(
    'Fires warning when the runs per minute of all agents together is at least 6 deviations above what is usual at that hour of the week, as the last 4 weeks say, measured over 5 minutes.',
  );
});
