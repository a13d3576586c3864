import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../objects.ts';
import { resetConnection } from '../reset-connection.ts';
import type { StatusError } from '../status-error.ts';
import type { Kind } from '../storage/kinds.ts';
import type { Selector } from '../storage/selectors.ts';
import type { ClusterState } from '../storage/state.ts';
import type { Change } from '../storage/store.ts';
import type { ApiRequest } from './api-request.ts';
import { asVersion, selectorOf } from './list.ts';

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** One open watch: writes what happens to its client, until either side ends it. */
export class Watch {
  readonly kind: Kind;
  readonly api: ApiRequest;
  readonly #response: ServerResponse;
  readonly #selects: Selector;
  readonly #state: ClusterState;
  /** Says nothing any more, but stays open. */
  isSilent = false;

  constructor(state: ClusterState, kind: Kind, api: ApiRequest, response: ServerResponse) {
    this.kind = kind;
    this.api = api;
    this.#state = state;
    this.#response = response;
    this.#selects = selectorOf(api);
  }

  get wantsBookmarks(): boolean {
    return this.api.query.get('allowWatchBookmarks') === 'true';
  }

  /** Tells what happened since the version that is asked for, or everything that is there. */
  begin(): void {
    const from = this.api.query.get('resourceVersion') ?? '';
    if (from && from !== '0') {
      for (const change of this.#state.store.since(Number(from))) this.onChange(change);
      return;
    }
    const objects = this.#state.store.list(this.kind, this.api.namespace ?? undefined);
    for (const object of objects.filter(this.#selects)) this.#send('ADDED', object);
  }

  onChange({ kind, before, object, isDeletion }: Change): void {
    if (kind.plural !== this.kind.plural || kind.group !== this.kind.group) return;
    if (this.api.namespace !== null && object.metadata.namespace !== this.api.namespace) return;
    const wasIn = before !== null && this.#selects(before);
    const isIn = !isDeletion && this.#selects(object);
    if (isIn) this.#send(wasIn ? 'MODIFIED' : 'ADDED', object);
    // What no longer matches is gone for this watch, under the version that took it away.
    else if (wasIn) this.#send('DELETED', object);
  }

  bookmark(): void {
    const metadata = { resourceVersion: this.#state.store.revision, creationTimestamp: null };
    const { kind, group } = this.kind;
    const apiVersion = group ? `${group}/${this.api.version}` : this.api.version;
    if (this.wantsBookmarks) this.#write('BOOKMARK', { kind, apiVersion, metadata });
  }

  /** An ERROR in the stream, after which the server ends it (deployment S-76). */
  fail(error: StatusError): void {
    this.#write('ERROR', error.body);
    this.end();
  }

  end(): void {
    this.#response.end();
  }

  /** Breaks the connection. */
  reset(): void {
    resetConnection(this.#response);
  }

  /** Ends our side of the connection in the middle of the answer; the client's side stays open. */
  halfClose(): void {
    this.isSilent = true;
    this.#response.socket?.end();
  }

  #send(type: EventType, object: KubeObject): void {
    this.#write(type, asVersion(object, this.api));
  }

  #write(type: EventType, object: unknown): void {
    if (!this.isSilent && !this.#response.writableEnded) {
      this.#response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }
}
