import { expect, test } from 'vitest';
import { groupAlerts } from './group-alerts.ts';
import { alertRow } from './rows.fixture.ts';

const planner = { id: 'p', name: 'planner' };
const writer = { id: 'w', name: 'writer' };
const alerts = [
  alertRow({ id: '1', agent: planner, severity: 'warning' }),
  alertRow({ id: '2', agent: planner, labels: { alertname: 'Silent' }, sourceId: 'rule-2' }),
  alertRow({ id: '3', agent: writer, severity: 'critical' }),
];
const shape = (grouping: 'cause' | 'agent' | 'none') =>
  groupAlerts(alerts, grouping).map(({ name, severity, alerts: own }) => [
    name,
    severity,
    own.map(({ id }) => id),
  ]);

test('alerts of one cause stand together under the highest severity among them', () => {
  expect(shape('cause')).toEqual([
    ['High error rate', 'critical', ['1', '3']],
    ['Silent', 'warning', ['2']],
  ]);
});

test('the same name from two rules is two causes', () => {
  expect(groupAlerts([alertRow(), alertRow({ id: 'x', sourceId: 'rule-9' })], 'cause')).toHaveLength(2);
});

test('by agent, and not at all', () => {
  expect(shape('agent').map(([name]) => name)).toEqual(['planner', 'writer']);
  expect(shape('none')).toHaveLength(3);
});
