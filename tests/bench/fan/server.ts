/** One variant of the fan-out as a process of its own: `server.ts VARIANT PORT MESSAGE_BYTES RATE`. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { FastLaneAdapter } from '#realtime/gateway/fast-lane.ts';

const [variant = '', port = '0', bytes = '0', rate = '0'] = process.argv.slice(2);
const server = createServer();

function message(): string {
  const stamp = `{"ns":${process.hrtime.bigint()},"x":"`;
  return `${stamp}${'x'.repeat(Number(bytes) - stamp.length - 2)}"}`;
}

interface Broadcaster {
  send(): void;
  /** The TCP sockets under the connections: when the last one is empty, the sweep is through. */
  sockets(): Iterable<{ writableLength: number }>;
}

/** Connections of the server itself, below any protocol. */
const connections = new Set<{ writableLength: number }>();
server.on('connection', (socket) => {
  connections.add(socket);
  socket.once('close', () => connections.delete(socket));
});

function socketIo(): Broadcaster {
  const io = new Server(server, {
    transports: ['websocket'],
    perMessageDeflate: false,
    serveClient: false,
    ...(variant === 'fast-lane' && { adapter: FastLaneAdapter }),
  });
  io.on('connection', (socket) => socket.join('fleet'));
  return { send: () => io.to('fleet').emit('d', message()), sockets: () => connections };
}

function plainWebSocket(): Broadcaster {
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  const send = () => {
    const text = message();
    for (const socket of sockets.clients) socket.send(text);
  };
  return { send, sockets: () => connections };
}

const broadcaster = variant === 'ws' ? plainWebSocket() : socketIo();
server.listen(Number(port), '127.0.0.1');

/** Sends again as soon as every connection has taken what was sent before. */
function saturate(): void {
  const idle = [...broadcaster.sockets()].every((socket) => socket.writableLength === 0);
  if (idle) broadcaster.send();
  setImmediate(saturate);
}

if (Number(rate) > 0) setInterval(broadcaster.send, 1000 / Number(rate));
else saturate();
