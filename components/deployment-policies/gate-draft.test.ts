import { expect, test } from 'vitest';
import { DEFAULT_GATE, deploymentGateSchema } from '#lib/model/deployment-gate.ts';
import { gateDraft, readGate } from './gate-draft.ts';

const gate = deploymentGateSchema.parse({
  definition: {
    metrics: [
      { metric: 'error_rate', margin: 0.005, noData: 'fail' },
      { metric: 'cost', margin: 1.5 },
    ],
    queries: [{ source: 'main', template: 'errors', onError: 'ignore' }],
    ...{ confidence: 0.95, passes: 'when_proven' },
  },
  ...{ durationSeconds: 5400, begins: 'applied', holdMinutes: 90 },
});

test('a gate that was stored is read out of its fields as it was, with what no field shows', () => {
  expect(readGate(gateDraft(gate))).toEqual({ gate, faults: [] });
  expect(readGate(gateDraft(null))).toEqual({ gate: null, faults: [] });
  expect(readGate({ ...gateDraft(null), isOn: true })).toEqual({ gate: DEFAULT_GATE, faults: [] });
});

test('margins are typed in points and percent', () => {
  const draft = gateDraft(gate);
  expect(draft.margins).toMatchObject({ error_rate: '0.5', cost: '150', tokens: null });
  const margins = { ...draft.margins, tokens: '7' };
  expect(readGate({ ...draft, margins }).gate?.definition.metrics).toContainEqual({
    ...{ metric: 'tokens', margin: 0.07, noData: 'pause' },
  });
});

test.each([
  [{ margins: { ...gateDraft(null).margins, cost: 'x' } }, 'margins.cost'],
  [{ minimumRuns: '' }, 'minimumRuns'],
  [{ duration: 'soon' }, 'durationSeconds'],
  [{ looks: 'five' }, 'looks'],
])('what is no number says so at its field: %#', (values, path) => {
  expect(readGate({ ...gateDraft(gate), ...values }).faults.map(([at]) => at)).toEqual([path]);
});
