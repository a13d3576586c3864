import type { ServerResponse } from 'node:http';
import { hasExpired, StatusError } from '../status-error.ts';
import type { Kind } from '../storage/kinds.ts';
import type { ClusterState } from '../storage/state.ts';
import type { Change } from '../storage/store.ts';
import type { ApiRequest } from './api-request.ts';
import { Watch } from './watch.ts';

/** All open watches of the server. */
export class Watches {
  readonly open = new Set<Watch>();
  /** How a version that is no longer known is told: in the stream, or as the answer's status. */
  expiredAs: 'event' | 'status' = 'event';
  readonly #state: ClusterState;
  /** Changes that a frozen server has not told yet; null while it tells them at once. */
  #held: Change[] | null = null;

  constructor(state: ClusterState) {
    this.#state = state;
    state.store.onChange((change) => {
      if (this.#held) this.#held.push(change);
      else for (const watch of this.open) watch.onChange(change);
    });
  }

  /** Nothing is told until `release`, which tells all of it. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const change of held) for (const watch of this.open) watch.onChange(change);
  }

  start(kind: Kind, api: ApiRequest, response: ServerResponse): void {
    // Whoever asked while the server was frozen may have gone since.
    if (response.closed) return;
    const watch = new Watch(this.#state, kind, api, response);
    const from = Number(api.query.get('resourceVersion') || 0);
    if (this.expiredAs === 'status' && from > 0) this.#state.store.since(from);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    try {
      watch.begin();
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      watch.fail(error);
      return;
    }
    this.open.add(watch);
    const seconds = Number(api.query.get('timeoutSeconds') ?? 0);
    const timer = seconds > 0 ? setTimeout(() => watch.end(), seconds * 1000) : undefined;
    response.on('close', () => {
      clearTimeout(timer);
      this.open.delete(watch);
    });
  }

  /** Watches of a kind by its plural; all without one. */
  of(plural?: string): Watch[] {
    return [...this.open].filter((watch) => plural === undefined || watch.kind.plural === plural);
  }

  /** Forgets the history, and tells every open watch so. */
  expire(): void {
    this.#state.store.compact();
    for (const watch of [...this.open])
      watch.fail(hasExpired('The resourceVersion for the provided watch is too old.'));
  }
}
