import { isFields, type KubeObject, type ManagedFieldsEntry } from './objects.ts';
import type { ServerParts } from './rest/handler.ts';
import { deleteObject } from './storage/delete.ts';
import type { Kind } from './storage/kinds.ts';
import { createObject, updateObject } from './storage/write.ts';

/** `deployments`, or `agents.kagent.dev` where several groups have the word. */
function kindBy(parts: ServerParts, name: string): Kind {
  const [plural, ...group] = name.split('.');
  const found = parts.state
    .kinds()
    .find((kind) => kind.plural === plural && (group.length === 0 || kind.group === group.join('.')));
  if (!found) throw new Error(`this cluster serves no ${name}`);
  return found;
}

/**
 * The cluster's contents as somebody else changes them: no connection, no access rules, nothing counted.
 * `manager` owns what is written.
 */
export class ClusterControl {
  readonly #parts: ServerParts;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  get(resource: string, namespace: string | null, name: string): KubeObject | null {
    return this.#parts.state.store.get(kindBy(this.#parts, resource), namespace ?? undefined, name);
  }

  list(resource: string, namespace?: string): KubeObject[] {
    return this.#parts.state.store.list(kindBy(this.#parts, resource), namespace);
  }

  create(object: KubeObject, manager = 'somebody'): KubeObject {
    const { state } = this.#parts;
    const made = createObject(state, state.kindOf(object), object, this.#writer(object, manager));
    if (!isFields(object.status)) return made;
    return this.setStatus({ ...made, status: object.status }, manager);
  }

  /** Changes an object with a function that gets a copy to change. */
  edit(
    resource: string,
    namespace: string | null,
    name: string,
    change: (draft: KubeObject) => void,
    manager = 'somebody',
  ): KubeObject {
    const kind = kindBy(this.#parts, resource);
    const live = this.get(resource, namespace, name);
    if (!live) throw new Error(`there is no ${resource} ${name}`);
    const draft = structuredClone(live);
    change(draft);
    return updateObject(this.#parts.state, kind, live, draft, this.#writer(live, manager));
  }

  /** Writes the status as it is given; for custom kinds, whose controllers are not here. */
  setStatus(object: KubeObject, manager = 'somebody'): KubeObject {
    const { state } = this.#parts;
    const kind = state.kindOf(object);
    const live = state.store.get(kind, object.metadata.namespace, object.metadata.name);
    if (!live) throw new Error(`there is no ${kind.plural} ${object.metadata.name}`);
    const { resourceVersion: _, ...metadata } = object.metadata;
    const writer = { ...this.#writer(object, manager), subresource: 'status' };
    return updateObject(state, kind, live, { ...object, metadata }, writer);
  }

  remove(resource: string, namespace: string | null, name: string): void {
    const kind = kindBy(this.#parts, resource);
    const live = this.get(resource, namespace, name);
    if (live) deleteObject(this.#parts.state, kind, live);
  }

  #writer(object: KubeObject, manager: string) {
    const operation: ManagedFieldsEntry['operation'] = 'Update';
    return { manager, operation, apiVersion: object.apiVersion };
  }
}
