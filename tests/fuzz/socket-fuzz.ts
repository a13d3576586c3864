import { WebSocket } from 'ws';
import type { Chance } from '../history/chance.ts';
import { hostileValue, pick, spoilBytes, toJsonText } from './hostile-values.ts';
import type { Witness } from './witness.ts';

const PACKETS = [
  '',
  '1',
  '2',
  '2probe',
  '3',
  '4',
  '40',
  '41',
  '42',
  '43',
  '44',
  '45',
  '46',
  '5',
  '6',
  '7',
  'b4AAAA',
];
/** What is sent as an event: those that the gateway knows, and others. */
export const EVENTS = [
  'subscribe',
  'unsubscribe',
  'error',
  'disconnect',
  'connect',
  'newListener',
  '__proto__',
  'nope',
];
/** The views that a page may ask for, and others. */
export const VIEWS = ['fleet', 'agent', 'events', 'admin', '__proto__'];
const ANSWER_MS = 10;
const OPEN_MS = 5000;

function requestOf(chance: Chance, ids: readonly string[]): unknown {
  const view = pick(chance, VIEWS);
  const since = pick(chance, [
    undefined,
    { epoch: 'x', seq: 1 },
    { epoch: hostileValue(chance), seq: hostileValue(chance) },
  ]);
  const agentId = ids.length > 0 && chance.happens(0.6) ? pick(chance, ids) : hostileValue(chance);
  if (chance.happens(0.3)) return hostileValue(chance);
  return {
    view,
    agentId: chance.happens(0.5) ? agentId : undefined,
    since,
    ...(chance.happens(0.1) ? { teamId: ids[0] } : {}),
  };
}

/** One raw engine.io packet: an event with a request that is right or wrong, or nothing that is known. */
function packetOf(chance: Chance, ids: readonly string[]): string | Buffer {
  const way = chance.next();
  if (way < 0.15) return pick(chance, PACKETS);
  const id = chance.happens(0.6) ? String(Math.floor(chance.next() * 99)) : '';
  const args = [pick(chance, EVENTS), requestOf(chance, ids)];
  if (chance.happens(0.1)) args.push(hostileValue(chance));
  const text = `42${chance.happens(0.05) ? '/admin,' : ''}${id}${toJsonText(args)}`;
  if (way < 0.8) return text.slice(0, 60_000);
  const bytes = spoilBytes(Buffer.from(text.slice(0, 60_000)), chance);
  return way < 0.95 ? bytes.toString('latin1') : bytes;
}

/**
 * Opens a socket, with a token or without, and sends it packets.
 *
 * @returns how many were sent
 */
export async function fuzzSocket(options: {
  url: string;
  origin: string;
  token: string | null;
  chance: Chance;
  ids: readonly string[];
  where: string;
  witness: Witness;
}): Promise<number> {
  const { url, origin, token, chance, ids, where, witness } = options;
  const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`, { origin });
  socket.on('message', (data) => witness.seen(where, String(data)));
  const opened = Promise.withResolvers<boolean>();
  socket.on('open', () => opened.resolve(true));
  socket.on('error', () => opened.resolve(false));
  socket.on('close', () => opened.resolve(false));
  const late = setTimeout(() => opened.resolve(false), OPEN_MS);
  const isOpen = await opened.promise;
  clearTimeout(late);
  if (!isOpen) {
    socket.terminate();
    return 1;
  }
  const joined = Promise.withResolvers<void>();
  socket.on('message', () => joined.resolve());
  socket.on('close', () => joined.resolve());
  socket.send(
    chance.happens(0.9)
      ? `40${JSON.stringify({ token })}`
      : `40${toJsonText({ token: hostileValue(chance) })}`,
  );
  await joined.promise;
  const packets = Array.from({ length: 1 + Math.floor(chance.next() * 12) }, () => packetOf(chance, ids));
  for (const packet of packets) if (socket.readyState === WebSocket.OPEN) socket.send(packet);
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  socket.terminate();
  return packets.length + 1;
}
