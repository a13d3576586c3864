import { controllerOf, type KubeObject } from '../objects.ts';
import { StatusError } from '../status-error.ts';
import type { Kind } from './kinds.ts';

/** A change as the log keeps it. `before` is null for a new object, `after` for one that is gone. */
export interface Change {
  revision: number;
  kind: Kind;
  before: KubeObject | null;
  /** The last state; of a deletion the last one there was, with the deletion's version. */
  object: KubeObject;
  isDeletion: boolean;
}

/** A cluster that runs for long forgets, as etcd does every five minutes. */
const KEPT_CHANGES = 20_000;

/** A different object may be under the same name later: places are names, not identities. */
function placeOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

/**
 * All objects of a cluster with one counter of versions over all kinds, as etcd has it, and the log of changes
 * that watches read. Objects that went in or came out are never changed afterwards.
 */
export class ObjectStore {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  /** What `list` answers with, until a kind changes. */
  readonly #sorted = new Map<Map<string, KubeObject>, KubeObject[]>();
  /** Places by the uid of the controller's object that owns them. */
  readonly #owned = new Map<string, Map<string, Kind>>();
  readonly #listeners = new Set<(change: Change) => void>();
  #log: Change[] = [];
  /** Changes up to this version are forgotten. */
  #compacted = 0;
  #revision = 1000;

  get revision(): string {
    return String(this.#revision);
  }

  get(kind: Kind, namespace: string | undefined, name: string): KubeObject | null {
    return this.#of(kind).get(placeOf(namespace, name)) ?? null;
  }

  /** Objects that a controller's object owns, by its uid. */
  ownedBy(kind: Kind, uid: string): KubeObject[] {
    const places = this.#owned.get(uid) ?? new Map<string, Kind>();
    return [...places]
      .filter(([, of]) => of.plural === kind.plural && of.group === kind.group)
      .map(([place]) => this.#of(kind).get(place))
      .filter((object) => object !== undefined);
  }

  /** In the order of their names, as etcd keeps its keys. */
  list(kind: Kind, namespace?: string): KubeObject[] {
    const all = this.#inOrder(kind);
    return namespace === undefined
      ? [...all]
      : all.filter((object) => object.metadata.namespace === namespace);
  }

  /** Stores an object under the next version and returns it with that version. */
  put(kind: Kind, object: KubeObject): KubeObject {
    const objects = this.#of(kind);
    const place = placeOf(object.metadata.namespace, object.metadata.name);
    const stored = this.#stamp(object);
    const before = objects.get(place) ?? null;
    objects.set(place, stored);
    this.#sorted.delete(objects);
    this.#index(kind, place, before, stored);
    this.#tell({ revision: this.#revision, kind, before, object: stored, isDeletion: false });
    return stored;
  }

  remove(kind: Kind, object: KubeObject): KubeObject {
    const place = placeOf(object.metadata.namespace, object.metadata.name);
    const before = this.#of(kind).get(place) ?? null;
    this.#of(kind).delete(place);
    this.#sorted.delete(this.#of(kind));
    this.#index(kind, place, before, null);
    const last = this.#stamp(object);
    this.#tell({ revision: this.#revision, kind, before, object: last, isDeletion: true });
    return last;
  }

  /** Changes after a version. @throws StatusError 410 where they are no longer known. */
  since(revision: number): Change[] {
    if (revision < this.#compacted) {
      const message = `too old resource version: ${revision} (${this.#compacted})`;
      throw new StatusError(410, 'Expired', message);
    }
    return this.#log.filter((change) => change.revision > revision);
  }

  /** Forgets the history: who watches from an earlier version must list anew. */
  compact(): void {
    this.#revision += 1;
    this.#compacted = this.#revision;
    this.#log = [];
  }

  /** Called after each change, in their order; the answer ends it. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #of(kind: Kind): Map<string, KubeObject> {
    const key = `${kind.group}/${kind.plural}`;
    const found = this.#objects.get(key) ?? new Map<string, KubeObject>();
    this.#objects.set(key, found);
    return found;
  }

  #inOrder(kind: Kind): KubeObject[] {
    const objects = this.#of(kind);
    const known = this.#sorted.get(objects);
    if (known) return known;
    const sorted = [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    this.#sorted.set(objects, sorted);
    return sorted;
  }

  #index(kind: Kind, place: string, before: KubeObject | null, after: KubeObject | null): void {
    const [old, next] = [before && controllerOf(before)?.uid, after && controllerOf(after)?.uid];
    if (old && old !== next) this.#owned.get(old)?.delete(place);
    if (!next) return;
    const places = this.#owned.get(next) ?? new Map<string, Kind>();
    this.#owned.set(next, places.set(place, kind));
  }

  #stamp(object: KubeObject): KubeObject {
    this.#revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: this.revision } };
  }

  #tell(change: Change): void {
    this.#log.push(change);
    if (this.#log.length > 2 * KEPT_CHANGES) {
      this.#compacted = this.#log.at(-KEPT_CHANGES - 1)?.revision ?? 0;
      this.#log = this.#log.slice(-KEPT_CHANGES);
    }
    for (const listener of [...this.#listeners]) listener(change);
  }
}
