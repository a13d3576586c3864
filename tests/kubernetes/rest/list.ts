import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../objects.ts';
import { hasExpired } from '../status-error.ts';
import type { Kind } from '../storage/kinds.ts';
import { fieldSelector, labelSelector, type Selector } from '../storage/selectors.ts';
import type { ClusterState } from '../storage/state.ts';
import type { ApiRequest } from './api-request.ts';

/** What is left of a list that was begun: a snapshot, as the real one reads an old revision. */
interface Rest {
  revision: string;
  objects: KubeObject[];
}

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
  'without the continue parameter, or use the continue token in this response to retrieve the remainder of the ' +
  'results. Continuing with the provided token results in an inconsistent list - objects that were created, ' +
  'modified, or deleted between the time the first chunk was returned and now may show up in the list.';

export function selectorOf(api: ApiRequest): Selector {
  const byLabel = labelSelector(api.query.get('labelSelector') ?? '');
  const byField = fieldSelector(api.query.get('fieldSelector') ?? '');
  return (object) => byLabel(object) && byField(object);
}

/** An object as a version of its kind shows it. */
export function asVersion(object: KubeObject, api: Pick<ApiRequest, 'group' | 'version'>): KubeObject {
  const apiVersion = api.group ? `${api.group}/${api.version}` : api.version;
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** An object as an item of a list: of the API server's own kinds it does not say its kind and version. */
function asItem(object: KubeObject, kind: Kind, api: ApiRequest): Omit<KubeObject, 'apiVersion' | 'kind'> {
  if (kind.isCustom) return asVersion(object, api);
  const { apiVersion: _, kind: __, ...item } = object;
  return item;
}

/** Answers lists, page by page where a limit is given. */
export class Lists {
  readonly #state: ClusterState;
  readonly #rests = new Map<string, Rest>();

  constructor(state: ClusterState) {
    this.#state = state;
  }

  /** Tokens that were given out are no longer known (deployment S-78). */
  expire(): void {
    this.#rests.clear();
  }

  answer(kind: Kind, api: ApiRequest): Record<string, unknown> {
    const { revision, objects } = this.#begin(kind, api);
    const limit = Number(api.query.get('limit') ?? 0) || objects.length;
    const items = objects.slice(0, limit).map((object) => asItem(object, kind, api));
    const left = objects.slice(limit);
    const token = left.length > 0 ? Buffer.from(randomUUID()).toString('base64url') : '';
    if (token) this.#rests.set(token, { revision, objects: left });
    return {
      kind: `${kind.kind}List`,
      apiVersion: kind.group ? `${kind.group}/${api.version}` : api.version,
      metadata: {
        resourceVersion: revision,
        ...(token && { continue: token, remainingItemCount: left.length }),
      },
      items,
    };
  }

  #begin(kind: Kind, api: ApiRequest): Rest {
    const token = api.query.get('continue');
    if (!token) {
      const all = this.#state.store.list(kind, api.namespace ?? undefined);
      return { revision: this.#state.store.revision, objects: all.filter(selectorOf(api)) };
    }
    const rest = this.#rests.get(token);
    if (!rest) throw hasExpired(TOO_OLD);
    return rest;
  }
}
