import { deleteObject } from '../storage/delete.ts';
import type { ClusterState } from '../storage/state.ts';

/** Deletes objects whose owners are all gone. */
export function collectGarbage(state: ClusterState): void {
  const all = state.kinds().flatMap((kind) => state.store.list(kind).map((object) => ({ kind, object })));
  const alive = new Set(all.map(({ object }) => object.metadata.uid));
  for (const { kind, object } of all) {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length > 0 && owners.every(({ uid }) => !alive.has(uid))) deleteObject(state, kind, object);
  }
}
