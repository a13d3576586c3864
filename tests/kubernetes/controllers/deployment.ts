import { deleteObject } from '../storage/delete.ts';
import { type ClusterState, DEPLOYMENTS, REPLICA_SETS } from '../storage/state.ts';
import { writeStatus } from './acting.ts';
import { conditionOf, renewed, withCondition } from './conditions.ts';
import { deploymentStatus } from './deployment-status.ts';
import { ensureCurrent, REVISION, revisionOf, type Sets, setsOf } from './revisions.ts';
import { recreate, rollOver, scaleInProportion, wasScaled } from './rolling-update.ts';
import type { Condition, Deployment, ReplicaSet } from './workloads.ts';

/** Notes what happened to the ReplicaSet of the template: the deadline counts from there. */
function noteCurrent(
  state: ClusterState,
  deployment: Deployment,
  sets: Sets,
  current: ReplicaSet,
): Deployment {
  const old = deployment.status?.conditions ?? [];
  const type = 'Progressing';
  const progressing = conditionOf(old, type);
  const name = current.metadata.name;
  let conditions: Condition[] = old;
  if (!sets.current) {
    const message = `Created new replica set "${name}"`;
    conditions = renewed(
      old,
      { type, status: 'True', reason: 'NewReplicaSetCreated', message },
      state.timestamp(),
    );
  } else if (!progressing) {
    const message = `Found new replica set "${name}"`;
    conditions = withCondition(
      old,
      { type, status: 'True', reason: 'FoundNewReplicaSet', message },
      state.timestamp(),
    );
  } else if (progressing.reason === 'DeploymentPaused') {
    const message = 'Deployment is resumed';
    conditions = renewed(
      old,
      { type, status: 'Unknown', reason: 'DeploymentResumed', message },
      state.timestamp(),
    );
  }
  const annotations = { ...deployment.metadata.annotations, [REVISION]: String(revisionOf(current)) };
  return writeStatus(state, DEPLOYMENTS, deployment, { ...deployment.status, conditions }, annotations);
}

/** Removes empty ReplicaSets beyond the history that is kept. */
function cleanUp(state: ClusterState, deployment: Deployment, old: readonly ReplicaSet[]): void {
  const empty = old.filter((set) => set.spec.replicas === 0 && !set.status?.replicas);
  const surplus = empty.slice(0, Math.max(0, empty.length - deployment.spec.revisionHistoryLimit));
  for (const set of surplus) deleteObject(state, REPLICA_SETS, set);
}

function step(state: ClusterState, deployment: Deployment, sets: Sets): Deployment {
  const existing = sets.current ? [sets.current, ...sets.old] : sets.old;
  if (deployment.spec.paused) {
    if (wasScaled(deployment, existing)) scaleInProportion(state, deployment, existing);
    return deployment;
  }
  if (sets.current && wasScaled(deployment, existing)) {
    scaleInProportion(state, deployment, existing);
    return deployment;
  }
  const current = ensureCurrent(state, deployment, sets);
  const noted = noteCurrent(state, deployment, sets, current);
  if (deployment.spec.strategy.type === 'Recreate') recreate(state, noted, current, sets.old);
  else rollOver(state, noted, current, sets.old);
  return noted;
}

/** Brings a Deployment one step further: one ReplicaSet grows or others shrink, then the status follows. */
export function reconcileDeployment(state: ClusterState, deployment: Deployment): void {
  const stepped = step(state, deployment, setsOf(state, deployment));
  const sets = setsOf(state, stepped);
  writeStatus(state, DEPLOYMENTS, stepped, deploymentStatus(state, stepped, sets));
  const isDone = conditionOf(stepped.status?.conditions, 'Progressing')?.reason === 'NewReplicaSetAvailable';
  if (isDone) cleanUp(state, stepped, sets.old);
}
