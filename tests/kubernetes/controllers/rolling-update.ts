import { type ClusterState, PODS, REPLICA_SETS } from '../storage/state.ts';
import { ownedBy, tellEvent, writeObject } from './acting.ts';
import { DESIRED, MAX, scalingNotes } from './revisions.ts';
import { mayBeMissing, surgeOf } from './rolling-limits.ts';
import type { Deployment, Pod, ReplicaSet } from './workloads.ts';

function total(sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number {
  return sets.reduce((sum, set) => sum + count(set), 0);
}

function available(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

/** Gives a ReplicaSet another number of pods. */
function scaleSet(
  state: ClusterState,
  deployment: Deployment,
  set: ReplicaSet,
  replicas: number,
): ReplicaSet {
  const annotations = { ...set.metadata.annotations, ...scalingNotes(deployment) };
  const metadata = { ...set.metadata, annotations };
  const next = writeObject(state, REPLICA_SETS, set, { ...set, metadata, spec: { ...set.spec, replicas } });
  if (replicas !== set.spec.replicas) {
    const way = replicas > set.spec.replicas ? 'up' : 'down';
    const message = `Scaled ${way} replica set ${set.metadata.name} from ${set.spec.replicas} to ${replicas}`;
    tellEvent(state, deployment, {
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message,
      component: 'deployment-controller',
    });
  }
  return next;
}

function growCurrent(
  state: ClusterState,
  deployment: Deployment,
  current: ReplicaSet,
  all: ReplicaSet[],
): boolean {
  const { replicas } = deployment.spec;
  const room = replicas + surgeOf(deployment) - total(all, (set) => set.spec.replicas);
  const missing = replicas - current.spec.replicas;
  const step = missing < 0 ? missing : Math.min(Math.max(0, room), missing);
  if (step === 0) return false;
  scaleSet(state, deployment, current, current.spec.replicas + step);
  return true;
}

/** Takes pods from old ReplicaSets: first those that are not available, then what may be missing. */
function shrinkOld(
  state: ClusterState,
  deployment: Deployment,
  current: ReplicaSet,
  old: ReplicaSet[],
): void {
  const all = [current, ...old];
  const least = deployment.spec.replicas - mayBeMissing(deployment);
  const notYet = current.spec.replicas - available(current);
  let mayGo = total(all, (set) => set.spec.replicas) - least - notYet;
  const left = old.map((set) => {
    const unhealthy = Math.max(0, set.spec.replicas - available(set));
    const taken = Math.max(0, Math.min(unhealthy, mayGo));
    mayGo -= taken;
    return { set, replicas: set.spec.replicas - taken };
  });
  let healthyMayGo = Math.max(0, total(all, available) - least);
  for (const { set, replicas } of left) {
    const taken = Math.max(0, Math.min(replicas, healthyMayGo, mayGo));
    healthyMayGo -= taken;
    mayGo -= taken;
    const next = replicas - taken;
    if (next !== set.spec.replicas) scaleSet(state, deployment, set, next);
  }
}

export function rollOver(
  state: ClusterState,
  deployment: Deployment,
  current: ReplicaSet,
  old: ReplicaSet[],
): void {
  if (!growCurrent(state, deployment, current, [current, ...old])) shrinkOld(state, deployment, current, old);
}

/** The strategy Recreate: nothing new before the last old pod is gone. */
export function recreate(
  state: ClusterState,
  deployment: Deployment,
  current: ReplicaSet,
  old: ReplicaSet[],
): void {
  const active = old.filter((set) => set.spec.replicas > 0);
  for (const set of active) scaleSet(state, deployment, set, 0);
  const isGone = old.every((set) => ownedBy<Pod>(state, PODS, set).length === 0);
  if (active.length === 0 && isGone && current.spec.replicas !== deployment.spec.replicas) {
    scaleSet(state, deployment, current, deployment.spec.replicas);
  }
}

/** Whether the number of replicas changed since the ReplicaSets were last scaled. */
export function wasScaled(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  const active = sets.filter((set) => set.spec.replicas > 0);
  return active.some((set) => Number(set.metadata.annotations?.[DESIRED]) !== deployment.spec.replicas);
}

/** Shares a new number of replicas among the ReplicaSets in proportion to their sizes (deployment S-51). */
export function scaleInProportion(
  state: ClusterState,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): void {
  const active = sets.filter((set) => set.spec.replicas > 0);
  const { replicas } = deployment.spec;
  const [only] = active;
  if (only && active.length === 1) return void scaleSet(state, deployment, only, replicas);
  const allowed = replicas > 0 ? replicas + surgeOf(deployment) : 0;
  let left = allowed - total(active, (set) => set.spec.replicas);
  const bySize = [...active].sort((a, b) => b.spec.replicas - a.spec.replicas);
  const sizes = bySize.map((set) => {
    const before = Number(set.metadata.annotations?.[MAX] ?? replicas);
    const share = Math.round((set.spec.replicas * allowed) / Math.max(1, before)) - set.spec.replicas;
    const step = left > 0 ? Math.max(0, Math.min(share, left)) : Math.min(0, Math.max(share, left));
    left -= step;
    return { set, size: set.spec.replicas + step };
  });
  // What rounding leaves goes to the largest.
  sizes.forEach(({ set, size }, index) => {
    scaleSet(state, deployment, set, Math.max(0, index === 0 ? size + left : size));
  });
}
