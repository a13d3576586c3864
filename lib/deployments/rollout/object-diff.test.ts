import { expect, test } from 'vitest';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { IMAGE, workload } from '#lib/testing/workloads.ts';
import { objectDiff } from './object-diff.ts';

const secret = (data: Record<string, string>, applied = ''): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'tokens',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied },
  },
  data,
});

test('deployment S-12: what a cluster writes itself is no change', () => {
  const would = workload({
    metadata: {
      managedFields: [{ manager: 'pitwall' }],
      resourceVersion: '9',
      generation: 9,
      uid: 'other',
      creationTimestamp: '2026-11-29T00:00:00Z',
    },
    status: { replicas: 0 },
  });
  expect(objectDiff(workload(), would)).toEqual([]);
});

test('deployment S-12: a change is told by its place, items of lists by their names', () => {
  const would = workload({ image: 'planner:2', spec: { replicas: 5 } });
  expect(objectDiff(workload(), would)).toEqual([
    { path: 'spec.replicas', before: 3, after: 5, isMasked: false, isWholeList: false },
    {
      path: 'spec.template.spec.containers[app].image',
      before: IMAGE,
      after: 'planner:2',
      isMasked: false,
      isWholeList: false,
    },
  ]);
});

test('deployment S-12: of an object that does not exist yet everything is new', () => {
  const changes = objectDiff(null, workload());
  expect(changes).toContainEqual(expect.objectContaining({ path: 'metadata.name', after: 'planner' }));
  expect(changes.every(({ before }) => before === undefined)).toBe(true);
});

test('deployment S-12: an annotation is named as it is written', () => {
  const would = workload({ metadata: { annotations: { ...workload().metadata.annotations, 'a.b/c': '1' } } });
  expect(objectDiff(workload(), would)).toMatchObject([
    { path: 'metadata.annotations["a.b/c"]', after: '1' },
  ]);
});

test('deployment S-16: the values of a Secret are masked on both sides, and a change of one is seen', () => {
  const live = secret({ a: 'b2xk', b: 'c2FtZQ==' }, '{"data":{"a":"b2xk"}}');
  const would = secret({ a: 'bmV3', b: 'c2FtZQ==', c: 'bW9yZQ==' }, '{"data":{"a":"bmV3"}}');
  const changes = objectDiff(live, would);
  expect(changes.map(({ path, isMasked }) => [path, isMasked])).toEqual([
    ['data.a', true],
    ['data.c', true],
  ]);
  expect(changes[1]?.before).toBeUndefined();
  expect(JSON.stringify(objectDiff(null, would)) + JSON.stringify(changes)).not.toMatch(
    /b2xk|bmV3|bW9yZQ|c2FtZQ/,
  );
});

test('deployment S-10: a list of a custom resource is shown as the whole that it replaces', () => {
  const agent = (tools: unknown[]): ClusterObject => ({
    apiVersion: 'kagent.dev/v1alpha2',
    kind: 'Agent',
    metadata: { name: 'planner' },
    spec: { tools },
  });
  const [theirs, ours] = [{ name: 'theirs' }, { name: 'ours' }];
  expect(objectDiff(agent([theirs, ours]), agent([ours]))).toEqual([
    {
      path: 'spec.tools',
      before: [theirs, ours],
      after: [ours],
      isMasked: false,
      isWholeList: true,
    },
  ]);
});
