import { expect, test } from 'vitest';
import { type BulkRefusals, type BulkResult, mayActInBulk, summaryOf } from './bulk-acts.ts';

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

test('agents are selected by whoever may do something with them', () => {
  const refusal = 'Your role may not do so.';
  const viewer: BulkRefusals = { claim: refusal, start: refusal, stop: refusal, remove: refusal };
  expect(mayActInBulk(viewer)).toBe(false);
  expect(mayActInBulk({ ...viewer, stop: null })).toBe(true);
});
