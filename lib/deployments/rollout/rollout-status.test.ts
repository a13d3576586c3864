import { expect, test } from 'vitest';
import type { RolloutTarget } from '#lib/model/rollout.ts';
import { IMAGE, replicaSet, workload } from '#lib/testing/workloads.ts';
import { newestReplicaSet } from './replica-sets.ts';
import { rolloutStatus } from './rollout-status.ts';
import { workloadHealth } from './workload-health.ts';

type Parts = NonNullable<Parameters<typeof workload>[0]>;

const condition = (type: string, status: string, reason: string) => ({
  conditions: [{ type, status, reason, message: 'in its words' }],
});

const DEPLOYMENTS: [string, Parts, string][] = [
  [
    'deployment S-17: full counters of a former spec are in progress',
    { metadata: { generation: 3 } },
    'not_observed',
  ],
  [
    'deployment S-17: a spec that nobody looked at is not failed by the deadline of the former one',
    { metadata: { generation: 3 }, status: condition('Progressing', 'False', 'ProgressDeadlineExceeded') },
    'not_observed',
  ],
  [
    'deployment S-18: a deadline that Kubernetes saw pass has failed',
    { status: condition('Progressing', 'False', 'ProgressDeadlineExceeded') },
    'deadline_exceeded',
  ],
  [
    'deployment S-19: fewer updated pods than wanted are in progress',
    { status: { updatedReplicas: 2 } },
    'updating',
  ],
  [
    'deployment S-19: an absent number of replicas is one',
    { spec: { replicas: undefined }, status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1 } },
    'complete',
  ],
  ['deployment S-20: old pods that are still there are in progress', { status: { replicas: 4 } }, 'old_pods'],
  [
    'deployment S-21: new pods that are not available are in progress',
    { status: { availableReplicas: 2 } },
    'not_available',
  ],
  ['deployment S-22: all counted is complete', {}, 'complete'],
  [
    'deployment S-22: counters that are not there count as none',
    { status: { replicas: undefined, updatedReplicas: undefined, availableReplicas: undefined } },
    'updating',
  ],
  [
    'deployment S-22: a Deployment without a status is in progress',
    { metadata: { generation: 1 }, status: { observedGeneration: undefined } },
    'not_observed',
  ],
  [
    'deployment S-23: a paused rollout is paused, whatever its deadline',
    { spec: { paused: true }, status: condition('Progressing', 'False', 'ProgressDeadlineExceeded') },
    'paused',
  ],
  [
    'deployment S-24: no replicas are complete at once',
    { spec: { replicas: 0 }, status: { replicas: 0, updatedReplicas: 0, availableReplicas: 0 } },
    'complete',
  ],
  [
    'deployment S-24: no replicas are not complete while old pods remain',
    { spec: { replicas: 0 }, status: { replicas: 1, updatedReplicas: 0, availableReplicas: 0 } },
    'old_pods',
  ],
  [
    'deployment S-25: Recreate passes through no available pod without having failed',
    {
      spec: { strategy: { type: 'Recreate' } },
      status: {
        replicas: 0,
        updatedReplicas: 0,
        availableReplicas: 0,
        ...condition('Available', 'False', 'MinimumReplicasUnavailable'),
      },
    },
    'updating',
  ],
  [
    'deployment S-27: progress that ended early for another reason has failed',
    { status: condition('Progressing', 'False', 'ReplicaSetCreateError') },
    'not_progressing',
  ],
  [
    'deployment S-29: ending pods that are counted change nothing',
    { status: { terminatingReplicas: 2 } },
    'complete',
  ],
];

test.each(DEPLOYMENTS)('%s', (_title, parts, reason) => {
  expect(rolloutStatus(workload(parts), null).reason).toBe(reason);
});

test('deployment S-18, S-23: what Kubernetes says and how far it is are told in words', () => {
  const failed = rolloutStatus(
    workload({ status: condition('Progressing', 'False', 'ProgressDeadlineExceeded') }),
    null,
  );
  expect(failed).toMatchObject({
    phase: 'failed',
    message: 'The rollout did not get on within its deadline: in its words',
  });
  expect(rolloutStatus(workload({ status: { updatedReplicas: 1, availableReplicas: 1 } }), null)).toEqual({
    phase: 'in_progress',
    reason: 'updating',
    message: '1 of 3 pods run the new version.',
    replicas: { desired: 3, updated: 1, available: 1, old: 2, terminating: null },
  });
  expect(rolloutStatus(workload({ spec: { paused: true } }), null).phase).toBe('paused');
  expect(rolloutStatus(workload(), null).message).toBe('3 pods are available.');
});

test('deployment S-26: a rollout that got to its end stays complete in word, and its health is what is available', () => {
  const conditions = [
    { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' },
  ];
  expect(workloadHealth(workload({ status: { availableReplicas: 0, conditions } }))).toBe('unavailable');
  expect(workloadHealth(workload({ status: { availableReplicas: 2 } }))).toBe('degraded');
  expect(workloadHealth(workload())).toBe('healthy');
});

const TARGET: RolloutTarget = { deploymentId: 'd1', images: { app: IMAGE }, templateHash: null };
const OTHER = `registry.test/planner@sha256:${'b'.repeat(64)}`;

function statusOf(target: RolloutTarget, parts: Parts, sets = [replicaSet('new', parts)]) {
  const deployment = workload(parts);
  return rolloutStatus(deployment, { newest: newestReplicaSet(deployment, sets), target }).phase;
}

test('deployment S-28: what is complete is ours only with our image, our mark and the ReplicaSet of our template', () => {
  expect(statusOf(TARGET, {})).toBe('complete');
  expect(statusOf({ ...TARGET, templateHash: 'new' }, {})).toBe('complete');
  expect(statusOf(TARGET, {}, [])).toBe('in_progress');
  expect(statusOf(TARGET, { image: OTHER })).toBe('superseded');
  expect(statusOf(TARGET, { metadata: { annotations: { 'pitwall.dev/deployment-id': 'd2' } } })).toBe(
    'superseded',
  );
  expect(statusOf(TARGET, { metadata: { annotations: {} } })).toBe('superseded');
  // Somebody restarted it: same image, another template.
  expect(statusOf({ ...TARGET, templateHash: 'ours' }, {})).toBe('superseded');
});

test('deployment S-28: an image from a mirror is ours by its digest, and one by tag only letter by letter', () => {
  const mirrored = IMAGE.replace('registry.test', 'mirror.test/registry.test');
  expect(statusOf(TARGET, { image: mirrored })).toBe('complete');
  expect(statusOf({ ...TARGET, images: { app: 'planner:1' } }, { image: 'planner:1' })).toBe('complete');
  expect(statusOf({ ...TARGET, images: { app: 'planner:1' } }, { image: 'planner:2' })).toBe('superseded');
  expect(statusOf({ ...TARGET, images: { sidecar: IMAGE } }, {})).toBe('superseded');
});

const rolling = (rollingUpdate?: object) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
const full = { replicas: 3, readyReplicas: 3, updatedReplicas: 3, currentRevision: 'b', updateRevision: 'b' };
const nodes = {
  desiredNumberScheduled: 3,
  currentNumberScheduled: 3,
  updatedNumberScheduled: 3,
  numberAvailable: 3,
};

const SETS: [string, Parts, string][] = [
  [
    'a StatefulSet whose pods all run the new revision is complete',
    { kind: 'StatefulSet', spec: rolling(), status: full },
    'complete',
  ],
  [
    'a StatefulSet that nobody looked at waits',
    { kind: 'StatefulSet', spec: rolling(), status: { ...full, observedGeneration: 0 } },
    'not_observed',
  ],
  [
    'a StatefulSet of a newer generation waits',
    { kind: 'StatefulSet', metadata: { generation: 3 }, status: full },
    'not_observed',
  ],
  [
    'a StatefulSet waits for ready pods',
    { kind: 'StatefulSet', spec: rolling(), status: { ...full, readyReplicas: 2 } },
    'not_available',
  ],
  [
    'a StatefulSet without a partition waits for its revision',
    { kind: 'StatefulSet', spec: rolling(), status: { ...full, currentRevision: 'a' } },
    'updating',
  ],
  [
    'a partition asks only for what is above it',
    {
      kind: 'StatefulSet',
      spec: rolling({ partition: 2 }),
      status: { ...full, updatedReplicas: 1, currentRevision: 'a' },
    },
    'complete',
  ],
  [
    'a partition that is not reached waits',
    { kind: 'StatefulSet', spec: rolling({ partition: 1 }), status: { ...full, updatedReplicas: 1 } },
    'updating',
  ],
  [
    'OnDelete has no status',
    { kind: 'StatefulSet', spec: { updateStrategy: { type: 'OnDelete' } }, status: full },
    'no_status',
  ],
  ['a DaemonSet on every node is complete', { kind: 'DaemonSet', status: nodes }, 'complete'],
  [
    'a DaemonSet waits for its nodes',
    { kind: 'DaemonSet', status: { ...nodes, updatedNumberScheduled: 2 } },
    'updating',
  ],
  [
    'a DaemonSet waits for available pods',
    { kind: 'DaemonSet', status: { ...nodes, numberAvailable: 2 } },
    'not_available',
  ],
  [
    'a DaemonSet that is updated by hand has no status',
    { kind: 'DaemonSet', spec: { updateStrategy: { type: 'OnDelete' } }, status: nodes },
    'no_status',
  ],
];

test.each(SETS)('deployment S-30: %s', (_title, parts, reason) => {
  expect(rolloutStatus(workload(parts), null).reason).toBe(reason);
});

test('deployment S-28, S-30: a set that somebody else changed is theirs', () => {
  const set = workload({ kind: 'StatefulSet', image: OTHER, spec: rolling(), status: full });
  expect(rolloutStatus(set, { newest: null, target: TARGET }).phase).toBe('superseded');
});
