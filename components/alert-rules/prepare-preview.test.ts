import { expect, test } from 'vitest';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { RulePreview } from '#lib/model/alert-rule-view.ts';
import { preparePreview, seriesName } from './prepare-preview.ts';

const definition = ruleDefinitionSchema.parse({ type: 'threshold', levels: { critical: 20 } });
const preview = (series: RulePreview['series']): RulePreview => ({
  ...{ from: 0, to: 4000, stepSeconds: 1, times: [0, 1000, 2000, 3000, 4000] },
  ...{ series, alerts: [], seriesWatched: 1, seriesLeftOut: 0, withoutRuns: [], problem: null },
  example: { title: '', message: '', problems: [] },
});

test('gaps stay gaps, and the scale holds values and thresholds', () => {
  const picture = preparePreview(
    preview([
      {
        labels: { agent: 'planner' },
        values: [1, 2, null, 4, 5],
        states: ['normal', 'pending', 'normal', 'firing', 'recovering'],
      },
    ]),
    definition,
  );
  expect(picture.lines[0]?.paths.map((path) => path.length)).toEqual([2, 2]);
  expect(picture.bottom).toBe(0);
  expect(picture.top).toBeGreaterThan(20);
  expect(picture.limits).toMatchObject([{ level: 'critical', value: 20 }]);
});

test('stretches in which something fired are joined, recovering counts as firing', () => {
  const { bands } = preparePreview(
    preview([
      {
        labels: {},
        values: [1, 1, 1, 1, 1],
        states: ['normal', 'pending', 'firing', 'recovering', 'normal'],
      },
    ]),
    definition,
  );
  expect(bands).toEqual([
    { from: 0.125, to: 0.375, state: 'pending' },
    { from: 0.375, to: 0.875, state: 'firing' },
  ]);
});

test('a series is called by what tells it apart', () => {
  expect(seriesName({ labels: { agent: 'planner', environment: 'default' } })).toBe('planner');
  expect(seriesName({ labels: { agent: 'planner', environment: 'production' } })).toBe(
    'planner (production)',
  );
  expect(seriesName({ labels: { type: 'worker' } })).toBe('worker');
  expect(seriesName({ labels: {} })).toBe('All agents');
});
