import { type Received, type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import type { Message } from './history.ts';

interface Body {
  data: { id: string; status: string; alerts: { id: string; title: string }[]; resolvedIds: string[] };
}

function toMessage(
  receiver: Message['receiver'],
  request: Received,
): Message & { titles: Map<string, string> } {
  const { data } = JSON.parse(request.body) as Body;
  const over = new Set(data.resolvedIds);
  const ids = data.alerts.map(({ id }) => id);
  return {
    receiver,
    id: String(request.headers['webhook-id']),
    firing: ids.filter((id) => !over.has(id)),
    resolved: [...over],
    atMs: request.atMs,
    titles: new Map(data.alerts.map(({ id, title }) => [title, id])),
  };
}

/** A real HTTP server for every kind of receiver; keeps all messages and lets actors wait for theirs. */
export class Mailbox {
  readonly #receivers: Receiver[] = [];
  readonly #waiting = new Set<() => void>();
  readonly messages: Message[] = [];
  /** The newest alert of each title that a message spoke of. */
  readonly #newest = new Map<string, string>();

  /** Starts a receiver and answers with its address. */
  async open(receiver: Message['receiver']): Promise<string> {
    const server = await startReceiver();
    this.#receivers.push(server);
    server.answerBy((request) => {
      const { titles, ...message } = toMessage(receiver, request);
      this.messages.push(message);
      // Ids grow with time: a message that comes again does not make an old alert the newest.
      for (const [title, id] of titles) if (id > (this.#newest.get(title) ?? '')) this.#newest.set(title, id);
      for (const look of this.#waiting) look();
      return { status: 200 };
    });
    return server.url;
  }

  /** The latest alert with this title that any message spoke of. */
  newest(title: string): string | undefined {
    return this.#newest.get(title);
  }

  /** The first message that told a receiver so of an alert. */
  first(receiver: Message['receiver'], what: 'firing' | 'resolved', alertId: string): Message | undefined {
    return this.messages.find((one) => one.receiver === receiver && one[what].includes(alertId));
  }

  has(receiver: Message['receiver'], what: 'firing' | 'resolved', alertId: string): boolean {
    return this.first(receiver, what, alertId) !== undefined;
  }

  /** Waits until `find` gives something, looked at with every message; undefined after `withinMs`. */
  async wait<T>(find: () => T | undefined | false, withinMs: number): Promise<T | undefined> {
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const look = () => {
      const found = find();
      if (found !== undefined && found !== false) resolve(found);
    };
    const timer = setTimeout(() => resolve(undefined), withinMs);
    this.#waiting.add(look);
    look();
    const found = await promise;
    clearTimeout(timer);
    this.#waiting.delete(look);
    return found;
  }

  async close(): Promise<void> {
    await Promise.all(this.#receivers.map((receiver) => receiver.close()));
  }
}
