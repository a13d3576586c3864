import { expect, test } from 'vitest';
import { alertRow } from '#components/alerts/inbox/rows.fixture.ts';
import { ruleDefinitionSchema } from '#lib/model/alert-rule-schema.ts';
import type { AlertDetail } from '#lib/model/alert-view.ts';
import { evidenceOf } from './evidence.ts';

const HOUR = 3_600_000;
const alert = (values: Partial<AlertDetail> = {}): AlertDetail => ({
  ...alertRow({ agent: { id: 'p', name: 'planner' }, startsAt: 10 * HOUR }),
  annotations: {},
  generatorUrl: null,
  runbookUrl: null,
  endsAt: null,
  endsByTimeout: false,
  openedAt: 10 * HOUR,
  conditionSince: null,
  reopenedFrom: null,
  feedbackReason: null,
  events: [],
  ...values,
});

test('the chart shows what the rule judged, with its thresholds, around the beginning', () => {
  const rule = ruleDefinitionSchema.parse({
    type: 'threshold',
    source: { measure: 'latency_p95' },
    levels: { warning: 500, critical: 900 },
  });
  expect(evidenceOf(alert(), rule, 11 * HOUR)).toEqual({
    title: 'p95',
    unit: 'duration',
    question: { measure: 'latency_p95', agentId: 'p' },
    thresholds: [
      { label: 'critical at', value: 900 },
      { label: 'warning at', value: 500 },
    ],
    fromMs: 10 * HOUR - 45 * 60_000,
    toMs: 11 * HOUR,
  });
});

test('a burn rate is drawn as the error rate that spends the budget so fast', () => {
  const rule = ruleDefinitionSchema.parse({
    type: 'burn_rate',
    windowSeconds: 3600,
    budget: 0.01,
    levels: { critical: 14 },
  });
  const evidence = evidenceOf(alert(), rule, 11 * HOUR);
  expect(evidence?.question.measure).toBe('error_rate');
  expect(evidence?.thresholds[0]?.value).toBeCloseTo(0.14);
});

test('a long alert shows a day at most; one from elsewhere its agent, or nothing', () => {
  const long = evidenceOf(alert(), null, 100 * HOUR);
  expect(long && long.toMs - 10 * HOUR).toBe(24 * HOUR + 15 * 60_000);
  expect(evidenceOf(alert({ agent: null }), null, 11 * HOUR)).toBeNull();
});
