import { expect, test } from 'vitest';
import { withoutRunsWords } from './without-runs-words.ts';

test('agents without runs are named in one sentence, of many the first', () => {
  const ending = 'request rate, error rate, latency and rules on runs cannot see';
  expect(withoutRunsWords(['planner'])).toBe(`No run spans arrive from planner: ${ending} it.`);
  expect(withoutRunsWords(['a', 'b'])).toBe(`No run spans arrive from a and b: ${ending} them.`);
  expect(withoutRunsWords(['a', 'b', 'c', 'd', 'e'])).toBe(
    `No run spans arrive from a, b, c, and 2 more: ${ending} them.`,
  );
});
