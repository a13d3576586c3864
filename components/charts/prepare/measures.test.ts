import { expect, test } from 'vitest';
import { colourOf, MEASURES, scaleOf } from './measures.ts';

test('stored rates per minute become cost per hour, everything else is shown as it is stored', () => {
  expect(scaleOf('moneyPerHour')).toBe(60);
  expect([scaleOf('perMinute'), scaleOf('ratio'), scaleOf('duration'), scaleOf('plain')]).toEqual([
    1, 1, 1, 1,
  ]);
});

test('a series keeps its colour whatever stands beside it', () => {
  const names = ['queue.depth', 'cache.hits', 'gen_ai.client.token.usage', 'planner'];
  expect(names.map(colourOf)).toEqual(names.map(colourOf));
  expect(names.every((name) => colourOf(name) >= 1 && colourOf(name) <= 8)).toBe(true);
});

test('measures that share a panel differ in colour', () => {
  const panels = [
    ['requests', 'errors'],
    ['latency_p50', 'latency_p95', 'latency_p99'],
    ['input_tokens', 'output_tokens'],
  ] as const;
  for (const panel of panels) expect(new Set(panel.map((m) => MEASURES[m].colour)).size).toBe(panel.length);
});
