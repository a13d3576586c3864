import { expect, test } from 'vitest';
import { colourOf, MEASURES, scaleOfWindow } from './measures.ts';

test('stored sums become rates of the shown unit, ratios and durations stay as they are', () => {
  expect([
    scaleOfWindow('perMinute', 10),
    scaleOfWindow('perMinute', 3600),
    scaleOfWindow('moneyPerHour', 60),
  ]).toEqual([6, 1 / 60, 60]);
  expect([scaleOfWindow('ratio', 10), scaleOfWindow('duration', 60), scaleOfWindow('plain', 60)]).toEqual([
    1, 1, 1,
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
