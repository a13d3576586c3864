import { expect, test } from 'vitest';
import { type BulkResult, summaryOf } from './bulk-acts.ts';

const results = (...failures: (string | null)[]): BulkResult[] =>
  failures.map((failure, i) => ({ id: String(i), name: `agent ${i}`, failure }));

test.each([
  ['stop', results(null, null, null), '3 agents asked to stop'],
  ['claim', results(null), '1 agent claimed'],
  ['remove', results(null, 'It is gone.', null), '2 of 3 agents deleted'],
  ['start', results('No control URL.'), '0 of 1 agent asked to start'],
] as const)('the answers to %s are counted in one line', (act, given, words) => {
  expect(summaryOf(act, given)).toBe(words);
});
