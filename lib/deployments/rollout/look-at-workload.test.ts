import { expect, test } from 'vitest';
import type { Cluster, ClusterObject } from '#lib/ports/cluster/port.ts';
import { podOf, replicaSet, workload } from '#lib/testing/workloads.ts';
import { lookAtWorkload, selectorText } from './look-at-workload.ts';

const REF = {
  kind: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  namespace: 'agents',
  name: 'planner',
};

/** A cluster of the objects that it is given, for reading. */
function holding(objects: readonly ClusterObject[]): Pick<Cluster, 'read' | 'list'> {
  return {
    read: async ({ kind, name }) =>
      objects.find((object) => object.kind === kind.kind && object.metadata.name === name) ?? null,
    list: async ({ kind }, { labelSelector }) =>
      labelSelector === 'app=planner' ? objects.filter((object) => object.kind === kind.kind) : [],
  };
}

test('a look at a workload holds its own ReplicaSets, the newest of them, and the pods of its selector', async () => {
  const [mine, theirs] = [replicaSet('new', {}), replicaSet('theirs', { owner: 'other' })];
  const pod = podOf('new', 'planner-1', {});
  const look = await lookAtWorkload(holding([workload(), mine, theirs, pod]), REF, AbortSignal.timeout(1000));
  expect(look).toEqual({ workload: workload(), replicaSets: [mine], newest: mine, pods: [pod] });
});

test('a workload that is gone is none', async () => {
  expect(await lookAtWorkload(holding([]), REF, AbortSignal.timeout(1000))).toBeNull();
});

test('a selector is written as the cluster reads it', () => {
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['a', 'b'] },
    { key: 'old', operator: 'DoesNotExist' },
    { key: 'on', operator: 'Exists' },
  ];
  const selector = { matchLabels: { app: 'planner' }, matchExpressions };
  expect(selectorText(workload({ spec: { selector } }))).toBe('app=planner,tier in (a,b),!old,on');
});
