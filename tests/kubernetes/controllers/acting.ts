import { createHash, randomUUID } from 'node:crypto';
import type { KubeObject, OwnerReference } from '../objects.ts';
import type { Kind } from '../storage/kinds.ts';
import { type ClusterState, EVENTS } from '../storage/state.ts';
import { updateObject } from '../storage/write.ts';

const MANAGER = 'kube-controller-manager';

export function ownerReference(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  const { name, uid = '' } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Objects of a kind that a controller's object owns. */
export function ownedBy<T extends KubeObject>(state: ClusterState, kind: Kind, owner: KubeObject): T[] {
  return state.store.ownedBy(kind, owner.metadata.uid ?? '') as T[];
}

/** Counters that are 0 are absent on the wire. */
function withoutZeros(status: Record<string, unknown>): Record<string, unknown> {
  const isShown = ([, value]: [string, unknown]) =>
    value !== 0 && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(status).filter(isShown));
}

/** Writes what a controller saw, and where it says so annotations; nothing where nothing changed. */
export function writeStatus<T extends KubeObject>(
  state: ClusterState,
  kind: Kind,
  object: T,
  status: Record<string, unknown>,
  annotations = object.metadata.annotations,
): T {
  const next = {
    ...object,
    metadata: { ...object.metadata, ...(annotations && { annotations }) },
    status: withoutZeros(status),
  };
  const writer = { manager: MANAGER, apiVersion: object.apiVersion, subresource: 'status' };
  return updateObject(state, kind, object, next, { ...writer, operation: 'Update' }) as T;
}

export function writeObject<T extends KubeObject>(state: ClusterState, kind: Kind, live: T, next: T): T {
  const writer = { manager: MANAGER, operation: 'Update', apiVersion: live.apiVersion } as const;
  return updateObject(state, kind, live, next, writer) as T;
}

export function writerFor(apiVersion: string) {
  return { manager: MANAGER, operation: 'Update', apiVersion } as const;
}

/** Tells an Event about an object; the same one again counts up (deployment S-38). */
export function tellEvent(
  state: ClusterState,
  about: KubeObject,
  event: { type: 'Normal' | 'Warning'; reason: string; message: string; component: string },
): void {
  const { apiVersion, kind, metadata } = about;
  const { name, namespace = '', uid } = metadata;
  const digest = createHash('sha256').update(`${uid} ${event.reason}`).digest('hex');
  const eventName = `${name}.${digest.slice(0, 16)}`;
  const old = state.store.get(EVENTS, namespace, eventName);
  const time = state.timestamp();
  const { type, reason, message, component } = event;
  state.store.put(EVENTS, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: old?.metadata ?? {
      name: eventName,
      namespace,
      uid: randomUUID(),
      creationTimestamp: time,
    },
    involvedObject: { apiVersion, kind, name, namespace, uid },
    ...{ type, reason, message },
    source: { component },
    reportingComponent: component,
    count: Number(old?.count ?? 0) + 1,
    firstTimestamp: old?.firstTimestamp ?? time,
    lastTimestamp: time,
  });
}
