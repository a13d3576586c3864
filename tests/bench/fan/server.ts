/** One variant of the fan-out as a process of its own: `server.ts VARIANT PORT MESSAGE_BYTES RATE`. */
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { FastLaneAdapter } from '#realtime/gateway/fast-lane.ts';

const [variant = '', port = '0', bytes = '0', rate = '0'] = process.argv.slice(2);
const server = createServer();

function message(): string {
  const stamp = `{"ns":${process.hrtime.bigint()},"x":"`;
  return `${stamp}${'x'.repeat(Number(bytes) - stamp.length - 2)}"}`;
}

/** Connections of the server itself, below any protocol. */
const connections = new Set<Socket>();
server.on('connection', (socket) => {
  connections.add(socket);
  socket.once('close', () => connections.delete(socket));
});

function socketIo(): () => void {
  const io = new Server(server, {
    transports: ['websocket'],
    perMessageDeflate: false,
    serveClient: false,
    ...(variant === 'fast-lane' && { adapter: FastLaneAdapter }),
  });
  io.on('connection', (socket) => socket.join('fleet'));
  return () => io.to('fleet').emit('d', message());
}

function plainWebSocket(): () => void {
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  return () => {
    const text = message();
    for (const socket of sockets.clients) socket.send(text);
  };
}

const broadcast = variant === 'ws' ? plainWebSocket() : socketIo();
server.listen(Number(port), '127.0.0.1');

/** Sends again as soon as every connection has taken what was sent before. */
function saturate(): void {
  const idle = [...connections].every((socket) => socket.writableLength === 0);
  if (idle) broadcast();
  setImmediate(saturate);
}

if (Number(rate) > 0) setInterval(broadcast, 1000 / Number(rate));
else saturate();
