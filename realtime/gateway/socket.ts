import type { Server, Socket } from 'socket.io';
import type { Permission } from '#lib/access/permissions.ts';
import type { Bye, ByeReason, SubscribeAnswer } from '#lib/model/live.ts';

/** What a browser may send; every argument is parsed before it is used. */
interface ClientEvents {
  subscribe: (request: unknown, answer?: (answer: SubscribeAnswer) => void) => void;
  unsubscribe: (request: unknown) => void;
}

interface ServerEvents {
  d: (delta: string) => void;
  s: (snapshot: string) => void;
  bye: (bye: Bye) => void;
}

/** What every view shows: the agents of the team with their values. */
export const VIEWING = ['agents:read', 'metrics:read'] as const satisfies readonly Permission[];

/** Who is behind a socket; decided by the server from the live token. */
export interface SocketData {
  userId: string;
  sessionId: string;
  teamId: string;
  /** As of the last look into the database. */
  permissions: ReadonlySet<Permission>;
}

export type LiveServer = Server<ClientEvents, ServerEvents, Record<string, never>, SocketData>;
export type LiveSocket = Socket<ClientEvents, ServerEvents, Record<string, never>, SocketData>;

const MESSAGES: Record<ByeReason, string> = {
  replaced: 'This page was opened in too many places; the oldest connection was closed.',
  revoked: 'You were signed out.',
  slow: 'This connection was too slow to keep up.',
  rate_limited: 'This connection sent too much.',
  restarting: 'The realtime service is restarting.',
  invalid: 'This connection sent something that is not understood.',
};

/** Says why and ends the connection once that was sent. */
export function sayBye(socket: LiveSocket, reason: ByeReason): void {
  socket.emit('bye', { reason, message: MESSAGES[reason] });
  socket.disconnect(true);
}

/** Ends a connection at once; for one that does not read, or that breaks the protocol. */
export function cutOff(socket: LiveSocket): void {
  const { transport } = socket.conn as unknown as { transport: { socket?: { terminate?(): void } } };
  if (typeof transport.socket?.terminate === 'function') transport.socket.terminate();
  else socket.disconnect(true);
}
