import { expect, test } from 'vitest';
import { type RuleDefinitionInput, ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import { draftOf, NEW_RULE } from './draft.ts';
import { readDraft } from './read-draft.ts';

const inputs: RuleDefinitionInput[] = [
  { type: 'ratio', levels: { warning: 0.07, critical: 0.2 }, recovery: { critical: 0.1 } },
  { type: 'ratio', ratio: 'cost_per_run', levels: { critical: 0.37 }, labels: { team: 'core' } },
  { type: 'threshold', source: { metric: 'queue.depth', measure: 'max' }, levels: { warning: 10 } },
  {
    type: 'threshold',
    source: { measure: 'latency_p99', of: 'model', model: 'gpt-x' },
    levels: { warning: 1 },
  },
  { type: 'absence', levels: { critical: 300 }, noData: 'alert' },
  {
    type: 'rate_of_change',
    change: 'absolute',
    compareSeconds: 3600,
    levels: { warning: -5 },
    operator: '<',
  },
  { type: 'anomaly', weeks: 3, direction: 'below', levels: { critical: 6 }, groupBy: 'team' },
  { type: 'burn_rate', windowSeconds: 3600, budget: 0.001, levels: { critical: 14.4 } },
];

test.each(inputs)('a stored rule goes through the fields of the editor unchanged: %j', (input) => {
  const definition = ruleDefinitionSchema.parse(input);
  const reading = readDraft(draftOf({ name: 'x', enabled: true, definition }));
  expect(reading.issues).toEqual([]);
  expect(ruleDefinitionSchema.parse(reading.definition)).toEqual(definition);
});

test('what a new rule starts with is a rule that may be saved once it has a name', () => {
  const { definition, issues } = readDraft(NEW_RULE);
  expect(issues).toEqual([{ path: 'name', message: 'Give the rule a name.' }]);
  expect(ruleDefinitionSchema.parse(definition)).toMatchObject({ levels: { critical: 0.2 } });
});

test.each(['1e400', '-1e400', 'NaN', ' '])('%j is no number for any field', (minimumCount) => {
  const { issues } = readDraft({ ...NEW_RULE, name: 'x', minimumCount });
  expect(issues).toEqual([{ path: 'minimumCount', message: 'Give a number.' }]);
});

test('what is no number or time is said at its field', () => {
  const draft = { ...NEW_RULE, name: 'x', critical: 'much', for: 'long', labels: [{ key: '', text: 'a' }] };
  expect(readDraft(draft).issues.map(({ path }) => path)).toEqual([
    'levels.critical',
    'forSeconds',
    'labels',
  ]);
});
