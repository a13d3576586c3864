import type { SessionClaim } from '#lib/pipeline/live/live-queries.ts';
import { type LiveSocket, sayBye } from './socket.ts';

/** A socket of this process and when it was let in, Unix milliseconds. */
interface Connection {
  socket: LiveSocket;
  openedAtMs: number;
}

/**
 * The sockets of this process by user, oldest first, and how many each user has in other processes. Every
 * process ends those of its own sockets that are not among the user's newest ones anywhere, so all of them
 * together hold the cap.
 */
export class Connections {
  readonly #perUser: number;
  /** Names this process among the others; breaks a tie between sockets of one millisecond. */
  readonly #writer: string;
  readonly #onChanged: (userId: string) => void;
  readonly #byUser = new Map<string, Connection[]>();
  /** By user, then by process: when each socket there was let in. */
  readonly #elsewhere = new Map<string, Map<string, readonly number[]>>();

  constructor(perUser: number, writer: string, onChanged: (userId: string) => void) {
    this.#perUser = perUser;
    this.#writer = writer;
    this.#onChanged = onChanged;
  }

  /** Adds a socket; over the cap the user's oldest ones are told `replaced` and end. */
  add(socket: LiveSocket, openedAtMs: number): void {
    const { userId } = socket.data;
    this.#byUser.set(userId, [...(this.#byUser.get(userId) ?? []), { socket, openedAtMs }]);
    this.#onChanged(userId);
    this.#enforce(userId);
  }

  remove(socket: LiveSocket): void {
    const { userId } = socket.data;
    const left = (this.#byUser.get(userId) ?? []).filter((other) => other.socket !== socket);
    if (left.length > 0) this.#byUser.set(userId, left);
    else this.#byUser.delete(userId);
    this.#onChanged(userId);
  }

  /** Notes what another process holds of a user, in place of what it held before. */
  noteElsewhere(writer: string, userId: string, openedAtMs: readonly number[]): void {
    const others = this.#elsewhere.get(userId) ?? new Map<string, readonly number[]>();
    if (openedAtMs.length > 0) others.set(writer, openedAtMs);
    else others.delete(writer);
    if (others.size > 0) this.#elsewhere.set(userId, others);
    else this.#elsewhere.delete(userId);
    this.#enforce(userId);
  }

  /** Forgets what processes other than these hold. */
  keepElsewhere(writers: { has(writer: string): boolean }): void {
    for (const [userId, others] of this.#elsewhere) {
      for (const writer of others.keys()) if (!writers.has(writer)) others.delete(writer);
      if (others.size === 0) this.#elsewhere.delete(userId);
    }
  }

  /** The users with sockets in this process. */
  users(): string[] {
    return [...this.#byUser.keys()];
  }

  /** When each socket that this process holds of a user was let in. */
  openedBy(userId: string): number[] {
    return (this.#byUser.get(userId) ?? []).map(({ openedAtMs }) => openedAtMs);
  }

  ofUser(userId: string): readonly LiveSocket[] {
    return (this.#byUser.get(userId) ?? []).map(({ socket }) => socket);
  }

  all(): LiveSocket[] {
    return [...this.#byUser.values()].flat().map(({ socket }) => socket);
  }

  /** What the sockets claim, each claim once. */
  claims(): SessionClaim[] {
    const claims = new Map<string, SessionClaim>();
    for (const { data } of this.all()) {
      claims.set(`${data.sessionId}|${data.teamId}`, { sessionId: data.sessionId, teamId: data.teamId });
    }
    return [...claims.values()];
  }

  #enforce(userId: string): void {
    const own = this.#byUser.get(userId) ?? [];
    const tooMany = own.filter(({ openedAtMs }, i) => {
      const newer = own.length - 1 - i + this.#newerElsewhere(userId, openedAtMs);
      return newer >= this.#perUser;
    });
    for (const { socket } of tooMany) sayBye(socket, 'replaced');
  }

  #newerElsewhere(userId: string, openedAtMs: number): number {
    let newer = 0;
    for (const [writer, times] of this.#elsewhere.get(userId) ?? []) {
      const tie = writer > this.#writer;
      for (const time of times) if (time > openedAtMs || (tie && time === openedAtMs)) newer++;
    }
    return newer;
  }
}
