import { expect, test } from 'vitest';
import type { RuleRow } from '#lib/model/alert-rule-view.ts';
import { healthWords, rulesVerdict, stateOf } from './rules-verdict.ts';

const rule = (part: Partial<RuleRow>): RuleRow => ({
  ...{ id: 'a', name: 'a', type: 'ratio', enabled: true, severities: ['critical'], version: 1 },
  ...{
    health: 'ok',
    healthReason: '',
    lastEvaluatedAt: 1,
    missedSlots: 0,
    pending: 0,
    firing: 0,
    recovering: 0,
  },
  ...{ updatedAt: 1, ...part },
});

test('trouble is said first, rules that are off do not count as firing', () => {
  expect(rulesVerdict([])).toBe('There are no rules yet: nothing is watched.');
  expect(rulesVerdict([rule({})])).toBe('Nothing fires, 1 rule on.');
  const rules = [rule({ firing: 2 }), rule({ health: 'error' }), rule({ enabled: false, firing: 1 })];
  expect(rulesVerdict(rules)).toBe('1 rule fires, 1 rule cannot be evaluated, 2 rules on, 1 off.');
});

test('a rule that cannot be evaluated is shown as that, whatever fires', () => {
  const broken = rule({ firing: 3, health: 'error', healthReason: 'the source timed out' });
  expect([stateOf(broken), healthWords(broken)]).toEqual([
    'error',
    'Cannot be evaluated: the source timed out',
  ]);
  expect(stateOf(rule({ pending: 1 }))).toBe('pending');
  expect(stateOf(rule({ enabled: false, firing: 1 }))).toBe('off');
  expect(healthWords(rule({ missedSlots: 2 }))).toBe('Well; 2 evaluations missed so far.');
});
