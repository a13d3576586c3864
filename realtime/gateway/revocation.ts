import type { Permission } from '#lib/access/permissions.ts';
import type { Log } from '#lib/kernel/log.ts';
import { channels, controlEventSchema } from '#lib/model/event.ts';
import type { SessionClaim } from '#lib/pipeline/live/live-queries.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { Connections } from './connections.ts';
import { type LiveSocket, sayBye, VIEWING } from './socket.ts';

/** Sessions are looked up again this often, so a revocation holds within 5 s whatever the bus did. */
const CHECK_EVERY_MS = 3500;

export interface RevocationOptions {
  bus: Pick<EventBus, 'subscribe'>;
  log: Log;
  connections: Connections;
  /** What a socket may see is different from before. */
  onChanged(socket: LiveSocket): void;
  livePermissions(claims: readonly SessionClaim[]): Promise<Map<string, ReadonlySet<Permission>>>;
}

/** Whether a socket may no longer see what it could subscribe to: its rooms would go on telling it. */
const losesSight = ({ data }: LiveSocket, permissions: ReadonlySet<Permission>): boolean =>
  VIEWING.some((each) => data.permissions.has(each) && !permissions.has(each));

/** Ends sockets whose session, place in the team or sight of its agents has ended (security K3, A4). */
export class Revocation {
  readonly #options: RevocationOptions;
  #timer: ReturnType<typeof setInterval> | undefined;
  #leave: (() => Promise<void>) | undefined;
  #checking = false;

  constructor(options: RevocationOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#leave = await this.#options.bus.subscribe(channels.control, (payload) => this.#hear(payload));
    this.#timer = setInterval(() => void this.check(), CHECK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#leave?.();
  }

  /** Asks the database about every session that has a socket, in one query. */
  async check(): Promise<void> {
    const claims = this.#options.connections.claims();
    if (this.#checking || claims.length === 0) return;
    this.#checking = true;
    try {
      const asked = new Set(claims.map(({ sessionId, teamId }) => `${sessionId}|${teamId}`));
      const held = await this.#options.livePermissions(claims);
      for (const socket of this.#options.connections.all()) {
        const key = `${socket.data.sessionId}|${socket.data.teamId}`;
        if (!asked.has(key)) continue;
        const permissions = held.get(key);
        if (!permissions || losesSight(socket, permissions)) sayBye(socket, 'revoked');
        else {
          socket.data.permissions = permissions;
          this.#options.onChanged(socket);
        }
      }
    } catch (error) {
      // A database that is away must not sign the whole house out; the next check tries again.
      this.#options.log.warn({ err: error }, 'sessions could not be checked');
    } finally {
      this.#checking = false;
    }
  }

  #hear(payload: string): void {
    let raw: unknown;
    try {
      raw = JSON.parse(payload);
    } catch {
      return;
    }
    const event = controlEventSchema.safeParse(raw);
    if (!event.success) return;
    if (event.data.type === 'access.changed') void this.check();
    if (event.data.type !== 'sessions.revoked') return;
    const { userId, sessionIds } = event.data;
    for (const socket of this.#options.connections.ofUser(userId)) {
      if (sessionIds.length === 0 || sessionIds.includes(socket.data.sessionId)) sayBye(socket, 'revoked');
    }
  }
}
