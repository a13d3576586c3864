/**
 * Rollouts as clusters tell of them: pure rules over the objects of a workload, without a cluster. How far one is,
 * why it does not get on, what ran before, and what a change would do.
 *
 * This file decides how far a rollout is, in the order of `kubectl rollout status` (deployment S-17 to S-30).
 */
import { fieldAt, numberAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import type { RolloutReplicas, RolloutStatus, RolloutTarget } from '#lib/model/rollout.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { isOurs } from './rollout-target.ts';
import { daemonSetStatus, statefulSetStatus } from './set-status.ts';

/** A condition of a workload by its type, or undefined. */
export function conditionOf(workload: ClusterObject, type: string) {
  return recordsAt(workload, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type);
}

function counters(deployment: ClusterObject): RolloutReplicas {
  const count = (name: string) => numberAt(deployment, 'status', name) ?? 0;
  const updated = count('updatedReplicas');
  return {
    desired: numberAt(deployment, 'spec', 'replicas') ?? 1,
    updated,
    available: count('availableReplicas'),
    old: Math.max(0, count('replicas') - updated),
    terminating: numberAt(deployment, 'status', 'terminatingReplicas'),
  };
}

type Verdict = Omit<RolloutStatus, 'replicas'>;

/** What Kubernetes itself says about getting on; availability that was lost after the end is not its matter (deployment S-26). */
function progressFailure(deployment: ClusterObject): Verdict | null {
  const progressing = conditionOf(deployment, 'Progressing');
  const [reason, words] = [textAt(progressing, 'reason'), textAt(progressing, 'message')];
  if (reason === 'ProgressDeadlineExceeded') {
    const message = `The rollout did not get on within its deadline${words ? `: ${words}` : '.'}`;
    return { phase: 'failed', reason: 'deadline_exceeded', message };
  }
  if (textAt(progressing, 'status') !== 'False') return null;
  const message = `The rollout cannot get on (${reason ?? 'no reason given'})${words ? `: ${words}` : '.'}`;
  return { phase: 'failed', reason: 'not_progressing', message };
}

function pods(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}

/** What is still to be done, or null when nothing is. */
function remaining(deployment: ClusterObject, replicas: RolloutReplicas): Verdict | null {
  const { desired, updated, available, old } = replicas;
  const isRecreated = textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate';
  if (updated < desired) {
    const message =
      isRecreated && updated === 0
        ? 'The old pods end before the new ones start.'
        : `${updated} of ${pods(desired)} run the new version.`;
    return { phase: 'in_progress', reason: 'updating', message };
  }
  if (old > 0) {
    const message = `${pods(old)} of former versions ${old === 1 ? 'is' : 'are'} still to end.`;
    return { phase: 'in_progress', reason: 'old_pods', message };
  }
  if (available < updated) {
    const message = `${available} of ${updated} new pods are available.`;
    return { phase: 'in_progress', reason: 'not_available', message };
  }
  return null;
}

/** Where one only looks, nobody knows of a version that would be new. */
function completeWords({ desired, updated }: RolloutReplicas, isRolledOut: boolean): string {
  if (desired === 0) return isRolledOut ? 'The new version is in place, with no pods.' : 'It has no pods.';
  const which = isRolledOut ? ' of the new version' : '';
  return `${pods(updated)}${which} ${updated === 1 ? 'is' : 'are'} available.`;
}

function deploymentVerdict(
  deployment: ClusterObject,
  replicas: RolloutReplicas,
  ours: { newest: ClusterObject | null; target: RolloutTarget } | null,
): Verdict {
  if ((deployment.metadata.generation ?? 0) > (numberAt(deployment, 'status', 'observedGeneration') ?? 0))
    return {
      phase: 'in_progress',
      reason: 'not_observed',
      message: 'The cluster has not looked at the change yet.',
    };
  if (ours && isOurs(deployment, ours.newest, ours.target) === 'foreign')
    return { phase: 'superseded', reason: 'foreign', message: 'Somebody rolled out something newer.' };
  if (fieldAt(deployment, 'spec', 'paused') === true)
    return { phase: 'paused', reason: 'paused', message: 'The rollout is paused.' };
  const open = progressFailure(deployment) ?? remaining(deployment, replicas);
  if (open) return open;
  if (ours && isOurs(deployment, ours.newest, ours.target) === 'unknown')
    return {
      phase: 'in_progress',
      reason: 'not_observed',
      message: 'The ReplicaSet of the new version is not there yet.',
    };
  return { phase: 'complete', reason: 'complete', message: completeWords(replicas, ours !== null) };
}

/**
 * Tells how far a workload is, from one consistent reading of it.
 *
 * @param ours whose rollout it must be: the ReplicaSet that belongs to the template as it stands (`newestReplicaSet`)
 *   and what we rolled out; null where one only looks
 */
export function rolloutStatus(
  workload: ClusterObject,
  ours: { newest: ClusterObject | null; target: RolloutTarget } | null,
): RolloutStatus {
  if (workload.kind === 'StatefulSet') return statefulSetStatus(workload, ours?.target ?? null);
  if (workload.kind === 'DaemonSet') return daemonSetStatus(workload, ours?.target ?? null);
  const replicas = counters(workload);
  return { ...deploymentVerdict(workload, replicas, ours), replicas };
}
