import { randomUUID } from 'node:crypto';
import { entriesOf, ownersAfterUpdate, type Writer } from '../apply/managed-fields.ts';
import { serverSideApply } from '../apply/server-side-apply.ts';
import { isSame, type KubeObject, type Metadata } from '../objects.ts';
import { alreadyExists, forbidden, isStale, notFound, wasNotDone } from '../status-error.ts';
import { dropNulls, setDefaults } from './defaults.ts';
import type { Kind } from './kinds.ts';
import { checkQuota } from './quota.ts';
import { type ClusterState, NAMESPACES } from './state.ts';
import { validate } from './validation.ts';

export interface WriteOptions {
  /** Does everything but storing (deployment S-13). */
  isDryRun?: boolean;
}

/** What counts as a change of what is wanted: the spec, and of Deployments also annotations (its ReplicaSets copy them). */
function wanted(kind: Kind, object: KubeObject): unknown {
  const { apiVersion: _, kind: __, metadata, status: ___, ...rest } = object;
  return kind.plural === 'deployments' ? [rest, metadata.annotations ?? {}] : rest;
}

/** Pods, Services, ConfigMaps and their like have none. */
function hasGeneration(kind: Kind): boolean {
  return kind.isCustom || kind.group === 'apps' || kind.group === 'apiextensions.k8s.io';
}

function checkNamespace(state: ClusterState, kind: Kind, object: KubeObject): void {
  const { namespace, name } = object.metadata;
  if (!kind.isNamespaced) return;
  const found = namespace ? state.store.get(NAMESPACES, undefined, namespace) : null;
  if (!found) throw notFound(NAMESPACES, namespace ?? '');
  if (found.metadata.deletionTimestamp) {
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(kind, name, why);
  }
}

function newMetadata(state: ClusterState, metadata: Metadata): Metadata {
  const { resourceVersion: _, ...given } = metadata;
  const name = metadata.name || `${metadata.generateName}${randomUUID().slice(-5)}`;
  return { ...given, name, uid: randomUUID(), creationTimestamp: state.timestamp() };
}

function finishCreate(
  state: ClusterState,
  kind: Kind,
  object: KubeObject,
  options: WriteOptions,
): KubeObject {
  checkNamespace(state, kind, object);
  setDefaults(object, kind.isCustom);
  validate(kind, object, null);
  checkQuota(state, kind, object);
  if (state.store.get(kind, object.metadata.namespace, object.metadata.name)) {
    throw alreadyExists(kind, object.metadata.name);
  }
  if (hasGeneration(kind)) object.metadata.generation = 1;
  return options.isDryRun ? object : state.store.put(kind, object);
}

export function createObject(
  state: ClusterState,
  kind: Kind,
  given: KubeObject,
  writer: Writer,
  options: WriteOptions = {},
): KubeObject {
  const object = structuredClone(given);
  object.metadata = newMetadata(state, object.metadata);
  delete object.metadata.managedFields;
  if (kind.subresources.includes('status') && kind.plural !== 'namespaces') delete object.status;
  setDefaults(object, kind.isCustom);
  const owners = ownersAfterUpdate(null, object, writer, kind.isCustom, state.timestamp());
  object.metadata.managedFields = entriesOf(owners);
  return finishCreate(state, kind, object, options);
}

/** Keeps what a request cannot change, and of the two halves the one that the path is not about. */
function keepOwn(
  kind: Kind,
  live: KubeObject,
  next: KubeObject,
  subresource: string | undefined,
): KubeObject {
  const { uid, creationTimestamp, generation, resourceVersion, deletionTimestamp, name, namespace } =
    live.metadata;
  const fixed = { uid, creationTimestamp, generation, resourceVersion, deletionTimestamp, name, namespace };
  const metadata = { ...next.metadata, ...fixed };
  if (deletionTimestamp === undefined) delete metadata.deletionTimestamp;
  if (subresource === 'status') {
    return {
      ...live,
      metadata: { ...live.metadata, annotations: metadata.annotations },
      status: next.status,
    };
  }
  if (!kind.subresources.includes('status')) return { ...next, metadata };
  const { status: _, ...rest } = next;
  return { ...rest, metadata, ...(live.status !== undefined && { status: live.status }) } as KubeObject;
}

function checkPreconditions(kind: Kind, live: KubeObject, next: KubeObject): void {
  const { name, resourceVersion, uid } = next.metadata;
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) throw isStale(kind, name);
  if (uid && uid !== live.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`;
    throw wasNotDone(kind, name, why);
  }
}

function finishUpdate(
  state: ClusterState,
  kind: Kind,
  live: KubeObject,
  next: KubeObject,
  options: WriteOptions,
): KubeObject {
  if (isSame(live, next)) return live;
  if (!isSame(wanted(kind, live), wanted(kind, next)) && live.metadata.generation) {
    next.metadata.generation = live.metadata.generation + 1;
  }
  if (options.isDryRun) return next;
  const isFinalised = next.metadata.deletionTimestamp && !next.metadata.finalizers?.length;
  if (isFinalised && live.metadata.finalizers?.length) return state.store.remove(kind, next);
  return state.store.put(kind, next);
}

/** Replaces an object; `next` without a version goes over whatever is there. Answers with what is stored. */
export function updateObject(
  state: ClusterState,
  kind: Kind,
  live: KubeObject,
  given: KubeObject,
  writer: Writer,
  options: WriteOptions = {},
): KubeObject {
  checkPreconditions(kind, live, given);
  const next = structuredClone(keepOwn(kind, live, given, writer.subresource));
  setDefaults(next, kind.isCustom);
  validate(kind, next, live);
  next.metadata.managedFields = live.metadata.managedFields;
  // Nothing changed: nothing is stored, and no time of an owner moves.
  if (isSame(live, next)) return live;
  // A status update of a controller that moves an annotation is no change of the spec.
  const time = state.timestamp();
  next.metadata.managedFields = entriesOf(ownersAfterUpdate(live, next, writer, kind.isCustom, time));
  if (writer.subresource === 'status') return options.isDryRun ? next : state.store.put(kind, next);
  return finishUpdate(state, kind, live, next, options);
}

/** Server-side apply; makes the object where there is none. */
export function applyObject(
  state: ClusterState,
  kind: Kind,
  live: KubeObject | null,
  given: KubeObject,
  writer: Writer,
  options: WriteOptions & { force: boolean },
): KubeObject {
  const applied = structuredClone(given);
  if (writer.subresource !== 'status') delete applied.status;
  if (!kind.isCustom) dropNulls(applied);
  if (live) checkPreconditions(kind, live, applied);
  const { force } = options;
  const how = { force, isCustom: kind.isCustom, time: state.timestamp() };
  const after = structuredClone(serverSideApply(live, applied, writer, how));
  if (!live) {
    after.metadata = newMetadata(state, after.metadata);
    return finishCreate(state, kind, after, options);
  }
  const next = keepOwn(kind, live, after, writer.subresource);
  setDefaults(next, kind.isCustom);
  validate(kind, next, live);
  return finishUpdate(state, kind, live, next, options);
}
