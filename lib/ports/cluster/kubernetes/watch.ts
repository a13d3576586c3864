import type { Clock } from '#lib/kernel/clock.ts';
import type { ClusterError, ClusterObject, ObjectPlace, Watch, WatchHandlers } from '../port.ts';
import { createBackoff, type WatchPace } from './backoff.ts';
import { errorOfConnection } from './cluster-error.ts';
import { listObjects } from './list-objects.ts';
import type { Transport } from './transport.ts';
import { type WatchEvent, watchEvents } from './watch-events.ts';

export interface WatchParts {
  transport: Transport;
  clock: Clock;
  pace: WatchPace;
  /** A handler threw: a mistake of ours, which ends no watch (deployment S-81). */
  onBug(error: unknown): void;
}

const keyOf = ({ metadata }: ClusterObject): string =>
  metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`;

/** As much of an object as telling of its end takes. */
function remnantOf({ apiVersion, kind, metadata }: ClusterObject): ClusterObject {
  const { name, namespace, uid, resourceVersion, labels, ownerReferences } = metadata;
  return { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion, labels, ownerReferences } };
}

/** Lists and watches one place, and goes on whatever breaks, until it is stopped (deployment S-75 to S-83). */
class SupervisedWatch implements Watch {
  readonly #parts: WatchParts;
  readonly #place: ObjectPlace;
  readonly #options: { labelSelector?: string };
  readonly #handlers: WatchHandlers;
  readonly #stopped = new AbortController();
  readonly #backoff;
  /** What was told, by uid. */
  readonly #known = new Map<string, ClusterObject>();
  /** Where the next watch goes on; null: by a list. Opaque, and never compared (deployment S-75). */
  #version: string | null = null;
  #lastEventMs: number | null = null;
  #staleSinceMs: number | null = null;
  /** In a row, without anything that happened in between. */
  #expiries = 0;

  constructor(
    parts: WatchParts,
    place: ObjectPlace,
    options: { labelSelector?: string },
    handlers: WatchHandlers,
  ) {
    this.#parts = parts;
    this.#place = place;
    this.#options = options;
    this.#handlers = handlers;
    this.#backoff = createBackoff(parts.pace);
  }

  lastEventMs(): number | null {
    return this.#lastEventMs;
  }

  stop(): void {
    // Before anything ends by it: what ends because it is unwanted is no failure (deployment S-80).
    this.#stopped.abort();
  }

  get #isWanted(): boolean {
    return !this.#stopped.signal.aborted;
  }

  #tell(work: (handlers: WatchHandlers) => void): void {
    if (!this.#isWanted) return;
    try {
      work(this.#handlers);
    } catch (error) {
      this.#parts.onBug(error);
    }
  }

  #heard(): void {
    this.#lastEventMs = this.#parts.clock.now();
  }

  #isCurrent(): void {
    if (this.#staleSinceMs === null) return;
    this.#staleSinceMs = null;
    this.#tell((handlers) => handlers.onStale(null, null));
  }

  /** What was going wrong is over: the next failure is a first one. */
  #isSettled(): void {
    this.#backoff.reset();
    this.#expiries = 0;
  }

  #isStale(error: ClusterError): void {
    this.#staleSinceMs ??= this.#parts.clock.now();
    const since = this.#staleSinceMs;
    this.#tell((handlers) => handlers.onStale(since, error));
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { objects, resourceVersion } = await listObjects(
      this.#parts.transport,
      this.#place,
      this.#options,
      signal,
    );
    const gone = new Map(this.#known);
    this.#known.clear();
    for (const object of objects) {
      gone.delete(keyOf(object));
      this.#known.set(keyOf(object), remnantOf(object));
    }
    for (const object of gone.values()) this.#tell((handlers) => handlers.onDelete(object));
    this.#tell((handlers) => handlers.onList(objects));
    this.#version = resourceVersion;
    this.#heard();
  }

  #take({ type, object }: WatchEvent): void {
    this.#heard();
    this.#isSettled();
    this.#version = object.metadata.resourceVersion ?? this.#version;
    if (type === 'BOOKMARK') return;
    const key = keyOf(object);
    if (type === 'DELETED') {
      this.#known.delete(key);
      this.#tell((handlers) => handlers.onDelete(object));
      return;
    }
    const known = this.#known.get(key)?.metadata.resourceVersion;
    // Told again after a reconnection.
    if (known !== undefined && known === object.metadata.resourceVersion) return;
    this.#known.set(key, remnantOf(object));
    this.#tell((handlers) => handlers.onChange(object));
  }

  /** Takes what happens until the server ends it; silence that is too long ends it too, and asks for a list. */
  async #follow(resourceVersion: string): Promise<void> {
    const silence = new AbortController();
    const signal = AbortSignal.any([this.#stopped.signal, silence.signal]);
    const timer = setTimeout(() => silence.abort(), this.#parts.pace.silenceMs);
    const from = { ...this.#options, resourceVersion };
    const { clock } = this.#parts;
    let [events, openedMs] = [0, Number.POSITIVE_INFINITY];
    try {
      const opened = () => {
        openedMs = clock.now();
        this.#isCurrent();
      };
      for await (const event of watchEvents(this.#parts.transport, this.#place, from, signal, opened)) {
        timer.refresh();
        events += 1;
        this.#take(event);
      }
    } catch (error) {
      if (!silence.signal.aborted) throw error;
      this.#version = null;
      return;
    } finally {
      clearTimeout(timer);
      if (clock.now() - openedMs >= this.#parts.pace.maxMs) this.#isSettled();
    }
    // A server that ends watches as soon as they begin is not asked again at once (pitfall C6).
    if (events === 0) await this.#backoff.pause(0, this.#stopped.signal);
  }

  async #step(): Promise<void> {
    if (this.#version === null) await this.#list(this.#stopped.signal);
    if (this.#version !== null) await this.#follow(this.#version);
  }

  async run(): Promise<void> {
    while (this.#isWanted) {
      try {
        await this.#step();
      } catch (caught) {
        if (!this.#isWanted) return;
        const error = errorOfConnection(caught);
        if (error.code === 'expired') {
          this.#version = null;
          this.#expiries += 1;
        }
        this.#isStale(error);
        // One expiry is no trouble, a storm of them is.
        if (error.code !== 'expired' || this.#expiries > 1)
          await this.#backoff.pause(error.retryAfterMs ?? 0, this.#stopped.signal);
      }
    }
  }
}

/** Starts a watch; it runs until it is stopped. */
export function startWatch(
  parts: WatchParts,
  place: ObjectPlace,
  options: { labelSelector?: string },
  handlers: WatchHandlers,
): Watch {
  const watch = new SupervisedWatch(parts, place, options, handlers);
  void watch.run();
  return watch;
}
