import type { KubeObject } from '../objects.ts';
import type { Kind } from './kinds.ts';
import { kindOfDefinition } from './kinds.ts';
import { type ClusterState, DEFINITIONS, NAMESPACES, PODS } from './state.ts';

export interface DeleteOptions {
  isDryRun?: boolean;
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

function emptyNamespace(state: ClusterState, namespace: string): void {
  for (const kind of state.kinds().filter((one) => one.isNamespaced)) {
    for (const object of state.store.list(kind, namespace)) state.store.remove(kind, object);
  }
}

/** Lets dependants live on without their owner. */
function orphan(state: ClusterState, owner: KubeObject): void {
  for (const kind of state.kinds()) {
    for (const object of state.store.list(kind, owner.metadata.namespace)) {
      const owners = object.metadata.ownerReferences ?? [];
      const left = owners.filter(({ uid }) => uid !== owner.metadata.uid);
      if (left.length === owners.length) continue;
      state.store.put(kind, { ...object, metadata: { ...object.metadata, ownerReferences: left } });
    }
  }
}

/**
 * Deletes an object and what a namespace or a definition held; dependants are collected by the controllers.
 * Pods, and what has finalizers, are only marked: whoever is in charge lets them go. Answers with the object
 * where it is marked, and null where it is gone.
 */
export function deleteObject(
  state: ClusterState,
  kind: Kind,
  live: KubeObject,
  options: DeleteOptions = {},
): KubeObject | null {
  if (options.isDryRun) return null;
  if (options.propagationPolicy === 'Orphan') orphan(state, live);
  const isRunning = kind === PODS && (live.spec as { nodeName?: string }).nodeName;
  const isGraceful = (isRunning && options.gracePeriodSeconds !== 0) || live.metadata.finalizers?.length;
  if (isGraceful) {
    if (live.metadata.deletionTimestamp) return live;
    const metadata = { ...live.metadata, deletionTimestamp: state.timestamp() };
    return state.store.put(kind, { ...live, metadata });
  }
  if (kind === NAMESPACES) emptyNamespace(state, live.metadata.name);
  if (kind === DEFINITIONS) {
    const defined = kindOfDefinition(live);
    for (const object of state.store.list(defined)) state.store.remove(defined, object);
  }
  state.store.remove(kind, live);
  return null;
}
