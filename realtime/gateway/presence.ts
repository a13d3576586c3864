import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import { channels, connectionsNoteSchema } from '#lib/model/event.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { Connections } from './connections.ts';

/** Changes of this long go out together: a reconnect storm is a few notes, not thousands. */
const COLLECT_MS = 20;
/** What a process holds is repeated this often, so that a lost note costs no more than this. */
const REPEAT_MS = 5000;
/** A process that was silent this long is gone, and its sockets with it. */
const SILENT_MS = 13_000;
/** Users in one note; about 60 bytes each. */
const USERS_PER_NOTE = 1000;

export interface PresenceOptions {
  bus: Pick<EventBus, 'subscribe' | 'publish' | 'onGap'>;
  clock: Clock;
  log: Log;
  /** Names this process; new with each start. */
  writer: string;
  connections(): Connections;
}

/** Tells the other realtime processes whose sockets this one holds, and hears it of them (security K6). */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #changed = new Set<string>();
  /** When each other process was last heard of. */
  readonly #heardAtMs = new Map<string, number>();
  #collecting: ReturnType<typeof setTimeout> | undefined;
  #repeating: ReturnType<typeof setInterval> | undefined;
  #leave: (() => Promise<void>) | undefined;
  #saying: Promise<void> = Promise.resolve();

  constructor(options: PresenceOptions) {
    this.#options = options;
    options.bus.onGap(() => {
      options.connections().keepElsewhere(new Set());
      this.#say({ everything: true, asks: true });
    });
  }

  async start(): Promise<void> {
    this.#leave = await this.#options.bus.subscribe(channels.connections, (payload) => this.#hear(payload));
    this.#repeating = setInterval(() => this.#repeat(), REPEAT_MS);
    this.#say({ asks: true });
  }

  /** Says that this process holds nothing any more; its sockets have ended. */
  async stop(): Promise<void> {
    clearInterval(this.#repeating);
    clearTimeout(this.#collecting);
    if (this.#changed.size > 0) this.#say({});
    await this.#saying;
    await this.#leave?.();
  }

  /** Something about a user's sockets here is new. */
  changed(userId: string): void {
    this.#changed.add(userId);
    this.#collecting ??= setTimeout(() => this.#say({}), COLLECT_MS);
  }

  #repeat(): void {
    const aliveSince = this.#options.clock.now() - SILENT_MS;
    for (const [writer, heardAtMs] of this.#heardAtMs) {
      if (heardAtMs < aliveSince) this.#heardAtMs.delete(writer);
    }
    this.#options.connections().keepElsewhere(this.#heardAtMs);
    const holds = this.#options.connections().users().length > 0;
    if (holds || this.#changed.size > 0) this.#say({ everything: true });
  }

  /** Notes go out one after the other, so that an older one never comes last. */
  #say({ everything = false, asks = false }): void {
    clearTimeout(this.#collecting);
    this.#collecting = undefined;
    const connections = this.#options.connections();
    const due = [...new Set([...this.#changed, ...(everything ? connections.users() : [])])];
    this.#changed.clear();
    const users = due.map((userId) => [userId, connections.openedBy(userId)] as const);
    this.#saying = this.#saying
      .then(() => this.#publish(users, asks))
      .catch((error: unknown) => {
        for (const userId of due) this.#changed.add(userId);
        this.#options.log.warn({ err: error }, 'other realtime processes could not be told of sockets');
      });
  }

  async #publish(users: readonly (readonly [string, number[]])[], asks: boolean): Promise<void> {
    const { bus, writer } = this.#options;
    for (let from = 0; from === 0 || from < users.length; from += USERS_PER_NOTE) {
      const note = { writer, asks: asks && from === 0, users: users.slice(from, from + USERS_PER_NOTE) };
      await bus.publish(channels.connections, JSON.stringify(note));
    }
  }

  #hear(payload: string): void {
    let raw: unknown;
    try {
      raw = JSON.parse(payload);
    } catch {
      return;
    }
    const note = connectionsNoteSchema.safeParse(raw);
    if (!note.success || note.data.writer === this.#options.writer) return;
    const { writer, users, asks } = note.data;
    this.#heardAtMs.set(writer, this.#options.clock.now());
    for (const [userId, openedAtMs] of users) {
      this.#options.connections().noteElsewhere(writer, userId, openedAtMs);
    }
    if (asks) this.#say({ everything: true });
  }
}
