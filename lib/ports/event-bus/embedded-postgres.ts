import pg from 'pg';
import { AppError } from '#lib/kernel/errors.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { NodeAddress } from './embedded-links.ts';

const MESSAGES = 'pitwall_bus';
const NODES = 'pitwall_bus_nodes';
const CONNECT_TIMEOUT_MS = 2000;
/** Messages of one transaction. */
const MAX_BATCH = 200;
/** PostgreSQL refuses a NOTIFY of 8000 bytes; the channel's name goes with the payload. */
const MAX_NOTIFY_BYTES = 7500;
/** A node that was silent this long is gone. */
const FRESH = `interval '20 seconds'`;

export interface PostgresEvents {
  message(channel: string, payload: string): void;
  /** Listening was interrupted and goes on now. */
  back(): void;
  /** Somebody came or left. */
  nodes(): void;
}

export interface KnownNode {
  id: string;
  host: string | null;
  port: number | null;
  publishes: boolean;
}

/**
 * The part of the embedded bus that PostgreSQL carries: events by NOTIFY, large ones through a table, and
 * the list of the processes that take part.
 */
export class BusPostgres {
  readonly #url: string;
  readonly #log: Log;
  readonly #events: PostgresEvents;
  readonly #pool: pg.Pool;
  #listening: Promise<void> | null = null;
  #listener: pg.Client | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Keeps the order while a large payload is being fetched; null when nothing is. */
  #fetching: Promise<void> | null = null;
  #closed = false;
  #waiting: { channel: string; payload: string; settled: PromiseWithResolvers<void> }[] = [];
  #flushing = false;
  #sent = 0;

  constructor(url: string, log: Log, events: PostgresEvents) {
    this.#url = url;
    this.#log = log;
    this.#events = events;
    // One connection: messages leave in the order in which they were published.
    this.#pool = new pg.Pool({ ...this.#connection(), max: 1, query_timeout: 2000, allowExitOnIdle: true });
    this.#pool.on('error', (error) => log.warn({ err: error }, 'bus connection to PostgreSQL failed'));
  }

  /** Resolves when the message was committed. What comes while a commit is under way goes with the next one. */
  publish(channel: string, payload: string): Promise<void> {
    const settled = Promise.withResolvers<void>();
    this.#waiting.push({ channel, payload, settled });
    if (!this.#flushing) void this.#flush();
    return settled.promise;
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        const notes: string[] = [];
        for (const { channel, payload } of batch) notes.push(await this.#note(channel, payload));
        await this.#pool.query('select pg_notify($1, note) from unnest($2::text[]) as note', [
          MESSAGES,
          notes,
        ]);
        for (const { settled } of batch) settled.resolve();
      } catch (error) {
        for (const { settled } of batch) settled.reject(error);
      }
    }
    this.#flushing = false;
  }

  /**
   * What is sent with NOTIFY: kind, number, channel, and the payload or where it stands. The number keeps
   * two equal messages of one transaction apart, which PostgreSQL would make one.
   */
  async #note(channel: string, payload: string): Promise<string> {
    const number = ++this.#sent;
    if (Buffer.byteLength(payload) + Buffer.byteLength(channel) <= MAX_NOTIFY_BYTES) {
      return `m${number} ${channel}\n${payload}`;
    }
    const stored = await this.#pool.query<{ id: string }>(
      'insert into bus_messages (payload) values ($1) returning id',
      [payload],
    );
    return `t${number} ${channel}\n${stored.rows[0]?.id}`;
  }

  /** Listens until closed, and again after every loss. Resolves when listening for the first time. */
  listen(): Promise<void> {
    this.#listening ??= this.#connect().catch((error: unknown) => {
      this.#listening = null;
      throw error;
    });
    return this.#listening;
  }

  /** Says that this process takes part; called again as a heartbeat. Tells the others when it is new. */
  async register(node: KnownNode, announce: boolean): Promise<void> {
    await this.#pool.query(
      `insert into bus_nodes (id, host, port, publishes) values ($1, $2, $3, $4)
       on conflict (id) do update set host = excluded.host, port = excluded.port,
         publishes = excluded.publishes, heartbeat_at = now()`,
      [node.id, node.host, node.port, node.publishes],
    );
    if (announce) await this.#pool.query('select pg_notify($1, $2)', [NODES, node.id]);
  }

  async knownNodes(): Promise<KnownNode[]> {
    const found = await this.#pool.query<KnownNode>(
      `select id, host, port, publishes from bus_nodes where heartbeat_at > now() - ${FRESH}`,
    );
    return found.rows;
  }

  /** Forgets processes and payloads that nobody needs any more. */
  async prune(): Promise<void> {
    await this.#pool.query(`delete from bus_nodes where heartbeat_at < now() - interval '1 minute'`);
    await this.#pool.query(`delete from bus_messages where created_at < now() - interval '1 minute'`);
  }

  async leave(id: string): Promise<void> {
    await this.#pool.query('delete from bus_nodes where id = $1', [id]);
    await this.#pool.query('select pg_notify($1, $2)', [NODES, id]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await Promise.all([this.#pool.end(), this.#listener?.end()]);
  }

  #connection(): pg.ClientConfig {
    return {
      connectionString: this.#url,
      application_name: 'pitwall-bus',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    };
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(this.#connection());
    let lost = false;
    const onLoss = (error?: Error) => {
      if (lost) return;
      lost = true;
      if (this.#listener !== client || this.#closed) return;
      this.#log.warn({ err: error }, 'listening to PostgreSQL was interrupted');
      this.#listener = null;
      this.#again();
    };
    client.on('error', onLoss);
    client.on('end', onLoss);
    client.on('notification', ({ channel, payload }) => this.#take(channel, payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${MESSAGES}`);
      await client.query(`listen ${NODES}`);
    } catch (error) {
      lost = true;
      client.end().catch(() => {});
      throw error;
    }
    if (this.#closed) await client.end();
    else this.#listener = client;
  }

  #again(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(
      () => {
        this.#connect().then(
          () => this.#events.back(),
          () => this.#again(),
        );
      },
      200 + Math.random() * 800,
    );
  }

  #take(notified: string, payload: string): void {
    if (notified === NODES) {
      this.#events.nodes();
      return;
    }
    const end = payload.indexOf('\n');
    const channel = payload.slice(payload.indexOf(' ') + 1, end);
    const rest = payload.slice(end + 1);
    if (payload.startsWith('m') && this.#fetching === null) {
      this.#events.message(channel, rest);
      return;
    }
    const turn = (this.#fetching ?? Promise.resolve()).then(async () => {
      if (payload.startsWith('m')) this.#events.message(channel, rest);
      else await this.#fetch(channel, rest);
    });
    this.#fetching = turn;
    void turn.then(() => {
      if (this.#fetching === turn) this.#fetching = null;
    });
  }

  async #fetch(channel: string, id: string): Promise<void> {
    try {
      const found = await this.#pool.query<{ payload: string }>(
        'select payload from bus_messages where id = $1',
        [id],
      );
      const [row] = found.rows;
      if (!row) throw new AppError('unavailable', 'The payload of a bus message is gone.');
      this.#events.message(channel, row.payload);
    } catch (error) {
      if (this.#closed) return;
      this.#log.warn({ err: error }, 'a large bus message was lost');
      this.#events.back();
    }
  }
}

/** The nodes that listen to live channels. */
export function listeningNodes(nodes: readonly KnownNode[]): NodeAddress[] {
  return nodes.flatMap(({ id, host, port }) => (host === null || port === null ? [] : [{ id, host, port }]));
}
