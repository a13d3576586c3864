import { expect, test } from 'vitest';
import { IMAGE, replicaSet, workload } from '#lib/testing/workloads.ts';
import { newestReplicaSet, revisionHistory } from './replica-sets.ts';
import { planRollback } from './roll-back.ts';

const OLD_IMAGE = `registry.test/planner@sha256:${'1'.repeat(64)}`;
const before = replicaSet('old', {
  revision: 1,
  image: OLD_IMAGE,
  annotations: { 'kubernetes.io/change-cause': 'first', 'pitwall.dev/deployment-id': 'd0' },
});
const now = replicaSet('new', { createdAt: '2026-11-02T00:00:00Z' });
const foreign = replicaSet('theirs', { revision: 9, owner: 'somebody else' });

test('deployment S-39: the history is what the Deployment owns, numbered by its own annotation', () => {
  const history = revisionHistory(workload(), [before, foreign, now]);
  expect(history.map(({ revision, isCurrent }) => [revision, isCurrent])).toEqual([
    [2, true],
    [1, false],
  ]);
  expect(history[1]).toEqual({
    revision: 1,
    replicaSet: 'old',
    templateHash: 'old',
    changeCause: 'first',
    deploymentId: 'd0',
    images: [{ container: 'app', image: OLD_IMAGE }],
    replicas: 3,
    createdAtMs: Date.parse('2026-11-01T00:00:00Z'),
    isCurrent: false,
  });
});

test('deployment S-39: labels alone make no ReplicaSet ours', () => {
  const loose = { ...before, metadata: { ...before.metadata, ownerReferences: [] } };
  expect(revisionHistory(workload(), [loose])).toEqual([]);
});

test('deployment S-44: no history is an empty one, and its revisions are unknown', () => {
  expect(revisionHistory(workload(), [])).toEqual([]);
  expect(planRollback(workload(), [], 1, {})).toMatchObject({ kind: 'unknown_revision' });
});

test('deployment S-40: a rollback sends the former template without its hash, and the annotations as kubectl does', () => {
  const deployment = workload({
    metadata: { annotations: { 'deployment.kubernetes.io/revision': '2', note: 'of the new one' } },
  });
  const plan = planRollback(deployment, [before, now], 1, { 'pitwall.dev/deployment-id': 'd2' });
  expect(plan).toEqual({
    kind: 'patch',
    patch: {
      form: 'json',
      operations: [
        {
          op: 'replace',
          path: '/spec/template',
          value: {
            metadata: { labels: { app: 'planner' } },
            spec: { containers: [{ name: 'app', image: OLD_IMAGE }] },
          },
        },
        {
          op: 'replace',
          path: '/metadata/annotations',
          value: {
            'deployment.kubernetes.io/revision': '2',
            'kubernetes.io/change-cause': 'first',
            'pitwall.dev/deployment-id': 'd2',
          },
        },
      ],
    },
    notRolledBack: ['the number of replicas'],
  });
});

test('deployment S-41: the revision that was rolled back to is the highest afterwards, known by the same hash', () => {
  const [was] = revisionHistory(workload(), [before]);
  const renumbered = {
    ...before,
    metadata: { ...before.metadata, annotations: { 'deployment.kubernetes.io/revision': '3' } },
  };
  const [first] = revisionHistory(workload({ image: OLD_IMAGE }), [now, renumbered]);
  expect(first).toMatchObject({ revision: 3, templateHash: was?.templateHash, isCurrent: true });
});

test('deployment S-42: what runs already is nothing to do, and an unknown revision is said to be one', () => {
  expect(planRollback(workload(), [before, now], 2, {})).toEqual({
    kind: 'nothing_to_do',
    message: 'Revision 2 is what runs already.',
  });
  expect(planRollback(workload(), [before, now], 7, {})).toMatchObject({ kind: 'unknown_revision' });
  expect(planRollback(workload(), [before, foreign], 9, {})).toMatchObject({ kind: 'unknown_revision' });
});

test('deployment S-43: a paused rollout is not rolled back', () => {
  expect(planRollback(workload({ spec: { paused: true } }), [before, now], 1, {})).toMatchObject({
    kind: 'paused',
    message: expect.stringContaining('resume'),
  });
});

test('deployment S-45: what a template only points at is listed as not rolled back', () => {
  const set = replicaSet('old', { revision: 1 });
  const spec = {
    initContainers: [{ name: 'init', envFrom: [{ configMapRef: { name: 'first' } }] }],
    containers: [
      {
        name: 'app',
        image: OLD_IMAGE,
        env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'tokens', key: 'a' } } }],
      },
    ],
    volumes: [
      { name: 'a', secret: { secretName: 'tokens' } },
      { name: 'b', projected: { sources: [{ configMap: { name: 'prompts' } }] } },
    ],
  };
  const former = { ...set, spec: { template: { metadata: { labels: {} }, spec } } };
  expect(planRollback(workload(), [former], 1, {})).toMatchObject({
    notRolledBack: ['the number of replicas', 'ConfigMap first', 'ConfigMap prompts', 'Secret tokens'],
  });
});

test('deployment S-28, S-31: of equal templates the oldest ReplicaSet is the one that the cluster uses', () => {
  const twin = replicaSet('twin', { createdAt: '2026-11-03T00:00:00Z' });
  expect(newestReplicaSet(workload(), [twin, now, before])?.metadata.name).toBe('new');
  expect(newestReplicaSet(workload({ image: 'other' }), [twin, now])).toBeNull();
  expect(IMAGE).toContain('@sha256:');
});
