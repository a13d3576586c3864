import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** TCP connections by the port of their client: what TLS hides of a response's connection. */
const CONNECTIONS = new Map<number, Socket>();

/** Makes a connection one that can be reset. */
export function rememberConnection(socket: Socket): void {
  const port = socket.remotePort ?? 0;
  CONNECTIONS.set(port, socket);
  socket.on('close', () => CONNECTIONS.delete(port));
}

/** Breaks the connection of a response: the client sees ECONNRESET. */
export function resetConnection(response: ServerResponse): void {
  CONNECTIONS.get(response.socket?.remotePort ?? 0)?.resetAndDestroy();
}
