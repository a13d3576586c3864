import { expect, test } from 'vitest';
import { formatCost, knownCost, unpricedWords } from './cost.ts';

test('what was spent on calls without a price is unknown, and nothing spent on no calls is nothing', () => {
  expect([knownCost(0, 3), knownCost(0, 0), knownCost(1.5, 3)]).toEqual([null, 0, 1.5]);
});

test('a cost says when it is only the known part, and how many calls are missing from it', () => {
  expect([formatCost(null, 3), formatCost(1.5, 3), formatCost(1.5, 0), formatCost(0, 0)]).toEqual([
    '–',
    '≥ $1.50',
    '$1.50',
    '$0',
  ]);
  expect([unpricedWords(0), unpricedWords(1), unpricedWords(3)]).toEqual([
    null,
    'No price for 1 call',
    'No price for 3 calls',
  ]);
});
