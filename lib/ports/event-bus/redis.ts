import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { AppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { EventBus } from './port.ts';
import { type BusHandler, checkPayload, Subscriptions, within } from './subscriptions.ts';

const COMMAND_TIMEOUT_MS = 2000;
const SUBSCRIBE_TIMEOUT_MS = 5000;
const PING_INTERVAL_MS = 5000;
/** While messages are refused at once the server is asked this often whether it takes them again. */
const PROBE_MS = 500;

const OPTIONS: RedisOptions = {
  lazyConnect: true,
  connectTimeout: COMMAND_TIMEOUT_MS,
  commandTimeout: COMMAND_TIMEOUT_MS,
  // A message that could not be sent in time is reported to its publisher, never sent later.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  keepAlive: 10_000,
  noDelay: true,
  retryStrategy: (attempt) => Math.min(2000, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2),
};

const opening = new WeakMap<Redis, Promise<void>>();

/** Resolves when a client is ready, connecting it when nobody did; bounded by its caller. */
function ready(client: Redis): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  if (client.status === 'end') return Promise.reject(new AppError('unavailable', 'The event bus is closed.'));
  const waiting = opening.get(client);
  if (waiting) return waiting;
  const opened = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('end', () => reject(new AppError('unavailable', 'The event bus is closed.')));
  }).finally(() => opening.delete(client));
  opening.set(client, opened);
  if (client.status === 'wait') client.connect().catch(() => {});
  return opened;
}

/** Redis glob of a pattern: only its trailing `*` is special, everything else is meant literally. */
function globOf(pattern: string): string {
  return `${pattern.slice(0, -1).replace(/[\\?*[\]]/g, '\\$&')}*`;
}

/**
 * The bus over Redis publish/subscribe: one connection to publish, one to listen. A connection that is
 * silent to a ping for 2 s is dropped and made anew, so a half-open one does not stay unnoticed.
 */
class RedisBus implements EventBus {
  readonly kind = 'redis';
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #subscriptions: Subscriptions;
  readonly #log: Log;
  /** Glob at the server -> our pattern. */
  #globs = new Map<string, string>();
  #wasReady = false;
  /**
   * Set after a message that was not taken in time, until the server answers again: whoever was in the middle of
   * sending waited once, nobody else waits for a dead server.
   */
  #refuses = false;
  #pings: ReturnType<typeof setInterval>;
  #closed = false;

  constructor(url: string, log: Log) {
    this.#log = log;
    this.#subscriptions = new Subscriptions(log);
    this.#publisher = new Redis(url, OPTIONS);
    this.#subscriber = new Redis(url, OPTIONS);
    for (const client of [this.#publisher, this.#subscriber]) {
      client.on('error', (error: Error) => log.warn({ err: error }, 'redis connection failed'));
    }
    this.#publisher.on('ready', () => {
      this.#refuses = false;
    });
    this.#subscriber.on('message', (channel: string, payload: string) =>
      this.#subscriptions.dispatchTo(channel, channel, payload),
    );
    this.#subscriber.on('pmessage', (glob: string, channel: string, payload: string) =>
      this.#subscriptions.dispatchTo(this.#globs.get(glob) ?? '', channel, payload),
    );
    this.#subscriber.on('ready', () => void this.#listenAgain());
    this.#pings = setInterval(() => void this.#ping(), PING_INTERVAL_MS);
    this.#pings.unref();
  }

  async publish(channel: string, payload: string): Promise<void> {
    checkPayload(payload);
    if (this.#refuses) throw new AppError('unavailable', 'The event bus is not reachable.');
    try {
      await within(COMMAND_TIMEOUT_MS, 'take a message', this.#send(channel, payload));
    } catch (error) {
      this.#refuse();
      throw error instanceof AppError
        ? error
        : new AppError('unavailable', 'The event bus is not reachable.', { cause: error });
    }
  }

  async #send(channel: string, payload: string): Promise<void> {
    if (this.#publisher.status !== 'ready') await ready(this.#publisher);
    await this.#publisher.publish(channel, payload);
  }

  #refuse(): void {
    if (this.#refuses || this.#closed) return;
    this.#refuses = true;
    void this.#takeAgain();
  }

  /** Takes messages again once the server answers, without one of them waiting for that. */
  async #takeAgain(): Promise<void> {
    while (this.#refuses && !this.#closed) {
      await sleep(PROBE_MS, undefined, { ref: false });
      try {
        await within(COMMAND_TIMEOUT_MS, 'answer', this.#answer());
        this.#refuses = false;
      } catch {}
    }
  }

  async #answer(): Promise<void> {
    await ready(this.#publisher);
    await this.#publisher.ping();
  }

  async subscribe(pattern: string, handler: BusHandler): Promise<() => Promise<void>> {
    const isNew = !this.#subscriptions.patterns.includes(pattern);
    const remove = this.#subscriptions.add(pattern, handler);
    try {
      await within(SUBSCRIBE_TIMEOUT_MS, 'take a subscription', this.#listenTo(pattern, isNew));
    } catch (error) {
      remove();
      throw error instanceof AppError
        ? error
        : new AppError('unavailable', 'The event bus is not reachable.', { cause: error });
    }
    return async () => {
      if (remove() && this.#subscriber.status === 'ready') await this.#forget(pattern).catch(() => {});
    };
  }

  onGap(handler: () => void): void {
    this.#subscriptions.onGap(handler);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#pings);
    // Publishes under way are answered before the connection goes; a server that hangs is not waited for.
    if (this.#publisher.status === 'ready') {
      await within(COMMAND_TIMEOUT_MS, 'close', this.#publisher.quit()).catch(() => {});
    }
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }

  async #listenTo(pattern: string, isNew: boolean): Promise<void> {
    await ready(this.#subscriber);
    if (!isNew) {
      // Another listener asked first; the server answers in order, so this ping comes after it.
      await this.#subscriber.ping();
      return;
    }
    await this.#tell(pattern);
  }

  async #tell(pattern: string): Promise<void> {
    if (!pattern.endsWith('*')) await this.#subscriber.subscribe(pattern);
    else {
      const glob = globOf(pattern);
      this.#globs.set(glob, pattern);
      await this.#subscriber.psubscribe(glob);
    }
  }

  async #forget(pattern: string): Promise<void> {
    if (pattern.endsWith('*')) await this.#subscriber.punsubscribe(globOf(pattern));
    else await this.#subscriber.unsubscribe(pattern);
  }

  /** After a reconnection: listen to everything again, then say that something may be missing. */
  async #listenAgain(): Promise<void> {
    if (!this.#wasReady) {
      this.#wasReady = true;
      return;
    }
    try {
      for (const pattern of this.#subscriptions.patterns) await this.#tell(pattern);
      this.#log.info('event bus is back');
      this.#subscriptions.gap();
    } catch (error) {
      this.#log.warn({ err: error }, 'subscribing again failed');
      this.#subscriber.disconnect(true);
    }
  }

  async #ping(): Promise<void> {
    if (this.#subscriber.status !== 'ready') return;
    try {
      await this.#subscriber.ping();
    } catch (error) {
      if (this.#closed || this.#subscriber.status !== 'ready') return;
      this.#log.warn({ err: error }, 'redis does not answer, connecting again');
      this.#refuse();
      this.#subscriber.disconnect(true);
    }
  }
}

/** Makes the bus over Redis. Connects at first use and again after every loss, by itself. */
export function createRedisBus(url: string, log: Log): EventBus {
  return new RedisBus(url, log);
}
