import { AppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { makeProver } from './embedded-frames.ts';
import { LiveLinks } from './embedded-links.ts';
import { LiveListener } from './embedded-listener.ts';
import { BusPostgres, listeningNodes } from './embedded-postgres.ts';
import type { EventBus } from './port.ts';
import { type BusHandler, checkPayload, Subscriptions, within } from './subscriptions.ts';

const PUBLISH_TIMEOUT_MS = 2000;
const SUBSCRIBE_TIMEOUT_MS = 5000;
const ACCEPT_TIMEOUT_MS = 1500;
const HEARTBEAT_MS = 5000;

export interface EmbeddedBusOptions {
  databaseUrl: string;
  /** Known to every process of the installation; at least 32 characters. */
  secret: string;
  /** Address to listen on for live channels, the one other processes connect to. */
  host?: string;
  log: Log;
}

/** What is frequent or large, and may be lost, goes from process to process; everything else through PostgreSQL. */
const LIVE = ['live:', 'answers:'];
const isLive = (channel: string) => LIVE.some((prefix) => channel.startsWith(prefix));

/** Whether a pattern can match a live channel. */
function wantsLive(pattern: string): boolean {
  const beginning = pattern.slice(0, -1);
  return isLive(pattern) || (pattern.endsWith('*') && LIVE.some((prefix) => prefix.startsWith(beginning)));
}

/**
 * The bus that needs no server beside PostgreSQL: events by NOTIFY, live channels over authenticated
 * connections between the processes, which find each other in the table `bus_nodes`.
 */
class EmbeddedBus implements EventBus {
  readonly kind = 'embedded';
  readonly #id = uuidv7();
  readonly #host: string;
  readonly #log: Log;
  readonly #subscriptions: Subscriptions;
  readonly #postgres: BusPostgres;
  readonly #links: LiveLinks;
  readonly #listener: LiveListener;
  #port: Promise<number> | null = null;
  #listeningPort: number | null = null;
  #publishing: Promise<void> | null = null;
  #publishes = false;
  #registered = false;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #closing: Promise<void> | null = null;

  constructor(options: EmbeddedBusOptions) {
    const prover = makeProver(options.secret);
    this.#host = options.host ?? '127.0.0.1';
    this.#log = options.log;
    this.#subscriptions = new Subscriptions(options.log);
    this.#links = new LiveLinks(this.#id, prover);
    const message = (channel: string, payload: string) => this.#subscriptions.dispatch(channel, payload);
    this.#listener = new LiveListener(prover, { message, gap: () => this.#subscriptions.gap() });
    this.#postgres = new BusPostgres(options.databaseUrl, options.log, {
      message,
      back: () => this.#back(),
      nodes: () => void this.#refresh(),
    });
  }

  async publish(channel: string, payload: string): Promise<void> {
    checkPayload(payload);
    this.#checkOpen();
    const work = isLive(channel)
      ? this.#publishLive(channel, payload)
      : this.#postgres.publish(channel, payload);
    await this.#bounded(PUBLISH_TIMEOUT_MS, 'take a message', work);
  }

  async subscribe(pattern: string, handler: BusHandler): Promise<() => Promise<void>> {
    this.#checkOpen();
    const remove = this.#subscriptions.add(pattern, handler);
    try {
      await this.#bounded(SUBSCRIBE_TIMEOUT_MS, 'take a subscription', this.#listenTo(pattern));
    } catch (error) {
      remove();
      throw error;
    }
    return async () => {
      if (remove() && wantsLive(pattern)) this.#listener.want(this.#livePatterns());
    };
  }

  onGap(handler: () => void): void {
    this.#subscriptions.onGap(handler);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#links.end();
    await this.#listener.close();
    if (this.#registered) await within(1000, 'leave', this.#postgres.leave(this.#id)).catch(() => {});
    await within(1000, 'close', this.#postgres.close()).catch(() => {});
  }

  async #publishLive(channel: string, payload: string): Promise<void> {
    this.#publishing ??= this.#startPublishing().catch((error: unknown) => {
      this.#publishing = null;
      throw error;
    });
    await this.#publishing;
    this.#links.send(channel, payload);
    if (this.#subscriptions.patterns.length > 0) {
      queueMicrotask(() => this.#subscriptions.dispatch(channel, payload));
    }
  }

  /** Both sides write themselves down before they read who is there, so one of them sees the other. */
  async #startPublishing(): Promise<void> {
    this.#publishes = true;
    await this.#postgres.listen();
    await this.#register(true);
    await this.#refresh();
  }

  async #listenTo(pattern: string): Promise<void> {
    await this.#postgres.listen();
    if (!wantsLive(pattern)) return;
    this.#port ??= this.#listener.start(this.#host);
    const isNew = this.#listeningPort === null;
    this.#listeningPort = await this.#port;
    this.#listener.want(this.#livePatterns());
    await this.#register(isNew);
    const nodes = await this.#postgres.knownNodes();
    const publishers = nodes.filter((node) => node.publishes && node.id !== this.#id).map((node) => node.id);
    await this.#listener.accepted(publishers, ACCEPT_TIMEOUT_MS);
  }

  #livePatterns(): string[] {
    return this.#subscriptions.patterns.filter(wantsLive);
  }

  async #register(announce: boolean): Promise<void> {
    this.#registered = true;
    const port = this.#listeningPort;
    const host = port === null ? null : this.#host;
    await this.#postgres.register({ id: this.#id, host, port, publishes: this.#publishes }, announce);
    this.#heartbeat ??= setInterval(() => void this.#beat(), HEARTBEAT_MS).unref();
  }

  async #beat(): Promise<void> {
    try {
      await this.#register(false);
      await this.#postgres.prune();
    } catch (error) {
      this.#log.warn({ err: error }, 'the bus could not renew its entry');
    }
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    if (!this.#publishes || this.#closing) return;
    try {
      const nodes = await this.#postgres.knownNodes();
      if (this.#closing) return;
      await this.#links.update(listeningNodes(nodes).filter((node) => node.id !== this.#id));
    } catch (error) {
      this.#log.warn({ err: error }, 'the bus could not read who listens');
    }
  }

  #back(): void {
    if (this.#registered) void this.#register(true).catch(() => {});
    void this.#refresh();
    this.#subscriptions.gap();
  }

  #checkOpen(): void {
    if (this.#closing) throw new AppError('unavailable', 'The event bus is closed.');
  }

  async #bounded<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
    try {
      return await within(timeoutMs, what, work);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError('unavailable', 'The event bus is not reachable.', { cause: error });
    }
  }
}

/** Makes the embedded bus. Nothing is connected before the first use. */
export function createEmbeddedBus(options: EmbeddedBusOptions): EventBus {
  return new EmbeddedBus(options);
}
