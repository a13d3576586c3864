import type { Fault, RequestFilter } from './faults.ts';
import type { ServerParts } from './rest/handler.ts';

/** What can go wrong with an API server, at the moment that a test chooses. `plural` narrows to the watches of a kind. */
export class Chaos {
  readonly #parts: ServerParts;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  /** The next `times` requests that fit go wrong; the answer takes it back. */
  fail(fault: Fault, filter: RequestFilter = {}, times = 1): () => void {
    return this.#parts.faults.plan(fault, filter, times);
  }

  /** Connections are taken, nothing is answered and no watch says anything, until `thaw`. */
  freeze(): void {
    this.#parts.faults.freeze();
    this.#parts.watches.hold();
  }

  thaw(): void {
    this.#parts.faults.thaw();
    this.#parts.watches.release();
  }

  /** Bookmarks to the watches that asked for them (a real server sends one a minute). */
  bookmark(): void {
    for (const watch of this.#parts.watches.of()) watch.bookmark();
  }

  /** Ends watches in good order, as the server does when their time is over. */
  endWatches(plural?: string): void {
    for (const watch of this.#parts.watches.of(plural)) watch.end();
  }

  /** Breaks the connections of watches (ECONNRESET). */
  resetWatches(plural?: string): void {
    for (const watch of this.#parts.watches.of(plural)) watch.reset();
  }

  /** Ends the server's side of the connections in the middle of the answers. */
  halfCloseWatches(plural?: string): void {
    for (const watch of this.#parts.watches.of(plural)) watch.halfClose();
  }

  /** Watches stay open and say nothing any more; new ones speak. */
  silenceWatches(plural?: string): void {
    for (const watch of this.#parts.watches.of(plural)) watch.isSilent = true;
  }

  /** Forgets the history: watches from earlier versions meet 410, open ones go on. */
  compact(): void {
    this.#parts.state.store.compact();
  }

  /** Forgets the history and tells open watches so: an ERROR with 410 in the stream. */
  expireWatches(): void {
    this.#parts.watches.expire();
  }

  /** How a watch from a forgotten version is refused: ERROR in the stream (the default), or HTTP 410. */
  refuseExpiredAs(form: 'event' | 'status'): void {
    this.#parts.watches.expiredAs = form;
  }

  /** Continue tokens that were given out meet 410. */
  expireContinues(): void {
    this.#parts.lists.expire();
  }
}
