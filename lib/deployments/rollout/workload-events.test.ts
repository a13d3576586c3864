import { expect, test } from 'vitest';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { workloadEvents } from './workload-events.ts';

const event = (more: Record<string, unknown>): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'planner-1.17', namespace: 'agents' },
  type: 'Warning',
  reason: 'FailedMount',
  message: 'no such volume',
  count: 1,
  lastTimestamp: '2026-11-29T11:00:00Z',
  involvedObject: { kind: 'Pod', name: 'planner-1', uid: 'u1' },
  ...more,
});

const pods = ['u1', 'u2'].map(
  (uid): ClusterObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: uid, uid } }),
);

test('deployment S-38: events are told once for each object and reason, with the newest words', () => {
  const found = workloadEvents(
    [
      event({ count: 4, lastTimestamp: '2026-11-29T11:02:00Z', message: 'still no such volume' }),
      event({ count: 2 }),
      event({ involvedObject: { kind: 'Pod', name: 'planner-2', uid: 'u2' } }),
      event({ involvedObject: { kind: 'Pod', name: 'theirs', uid: 'u3' } }),
      event({ type: 'Normal', reason: 'Scheduled', lastTimestamp: '2026-11-29T10:00:00Z' }),
    ],
    pods,
  );
  expect(found).toEqual([
    {
      isWarning: true,
      about: 'Pod planner-1',
      reason: 'FailedMount',
      message: 'still no such volume',
      count: 6,
      lastSeenAt: Date.parse('2026-11-29T11:02:00Z'),
    },
    expect.objectContaining({ about: 'Pod planner-2', count: 1 }),
    expect.objectContaining({ isWarning: false, reason: 'Scheduled' }),
  ]);
});

test('deployment S-38: events of both spellings are read', () => {
  const { involvedObject, message, count, lastTimestamp, ...rest } = event({});
  const newer = { ...rest, apiVersion: 'events.k8s.io/v1', regarding: involvedObject, note: message };
  const found = workloadEvents([{ ...newer, series: { count: 3, lastObservedTime: lastTimestamp } }], pods);
  expect(found).toMatchObject([{ about: 'Pod planner-1', message, count: 3 }]);
});
