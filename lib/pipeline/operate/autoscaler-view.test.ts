import { expect, test } from 'vitest';
import { autoscalerView } from './autoscaler-view.ts';

const metric = { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 0 } } };

test.each([
  ['no status yet', {}, null],
  ['nothing measured yet', { desiredReplicas: 0, currentMetrics: null }, null],
  ['what was measured could not be read', { desiredReplicas: 0, currentMetrics: [{ type: '' }] }, null],
  ['measured', { desiredReplicas: 0, currentMetrics: [metric] }, 0],
  ['scaled before', { desiredReplicas: 0, lastScaleTime: '2026-11-29T12:00:00Z' }, 0],
  ['a wish', { desiredReplicas: 3 }, 3],
])('deployment S-50: what an autoscaler wants is not known before it measured: %s', (_, status, wanted) => {
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'checkout', namespace: 'agents' },
    spec: { minReplicas: 2, maxReplicas: 10, metrics: [] },
    status,
  };
  expect(autoscalerView(autoscaler).desiredReplicas).toBe(wanted);
});
