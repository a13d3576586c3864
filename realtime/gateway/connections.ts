import type { SessionClaim } from '#lib/pipeline/live-queries.ts';
import { type LiveSocket, sayBye } from './socket.ts';

/** The sockets of this process by user, oldest first. The cap holds for each realtime process. */
export class Connections {
  readonly #perUser: number;
  readonly #byUser = new Map<string, LiveSocket[]>();

  constructor(perUser: number) {
    this.#perUser = perUser;
  }

  /** Adds a socket; over the cap the user's oldest ones are told `replaced` and end. */
  add(socket: LiveSocket): void {
    const { userId } = socket.data;
    const sockets = this.#byUser.get(userId) ?? [];
    this.#byUser.set(userId, sockets);
    sockets.push(socket);
    for (const oldest of sockets.splice(0, sockets.length - this.#perUser)) sayBye(oldest, 'replaced');
  }

  remove(socket: LiveSocket): void {
    const { userId } = socket.data;
    const left = (this.#byUser.get(userId) ?? []).filter((other) => other !== socket);
    if (left.length > 0) this.#byUser.set(userId, left);
    else this.#byUser.delete(userId);
  }

  ofUser(userId: string): readonly LiveSocket[] {
    return [...(this.#byUser.get(userId) ?? [])];
  }

  all(): LiveSocket[] {
    return [...this.#byUser.values()].flat();
  }

  /** What the sockets claim, each claim once. */
  claims(): SessionClaim[] {
    const claims = new Map<string, SessionClaim>();
    for (const { data } of this.all()) {
      claims.set(`${data.sessionId}|${data.teamId}`, { sessionId: data.sessionId, teamId: data.teamId });
    }
    return [...claims.values()];
  }
}
