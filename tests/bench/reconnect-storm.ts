import { setTimeout as wait } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { LIVE_EVENTS, type SubscribeAnswer } from '#lib/model/live.ts';
import type { LiveTokenSubject } from '#lib/pipeline/live/live-token.ts';
import { cpuSeconds, type Goal, type Line, round } from './harness.ts';
import { postLoad } from './load/generator.ts';
import { type Stack, startStack } from './stack.ts';
import { seedViewers, signTokens } from './viewers.ts';

/** A viewer as a browser behaves: fetches a token for each attempt, reconnects with jitter, subscribes again. */
function viewer(stack: Stack, person: LiveTokenSubject, onLive: () => void): Socket {
  const socket = io(stack.realtimeUrl, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 200,
    reconnectionDelayMax: 3000,
    randomizationFactor: 0.8,
    extraHeaders: { origin: stack.url },
    auth: (give) => give({ token: signTokens(stack, [person])[0] }),
  });
  socket.on('connect', () => {
    socket.emit(LIVE_EVENTS.subscribe, { view: 'fleet' }, (answer: SubscribeAnswer) => {
      if (answer.ok) onLive();
    });
  });
  // The server's refusal while it sheds load ends an attempt; a browser comes back by itself.
  socket.on('connect_error', () => {
    if (!socket.active) setTimeout(() => socket.connect(), 200 + Math.random() * 1500);
  });
  socket.on('disconnect', (reason) => {
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), Math.random() * 500);
  });
  return socket;
}

async function untilAll(count: () => number, wanted: number, timeoutMs: number): Promise<number> {
  const began = performance.now();
  while (count() < wanted && performance.now() - began < timeoutMs) await wait(20);
  return performance.now() - began;
}

async function storm(stack: Stack, clients: number): Promise<Line> {
  const people = await seedViewers(stack, clients);
  let live = 0;
  const sockets: Socket[] = [];
  for (const person of people) {
    sockets.push(viewer(stack, person, () => live++));
    if (sockets.length % 50 === 0) await wait(60);
  }
  await untilAll(() => live, clients, 60_000);
  const before = live;
  const calm = await postLoad({
    url: stack.otlpHttpUrl,
    key: stack.apiKey,
    format: 'otlp-proto',
    agents: 1000,
    agentsPerRequest: 10,
    seconds: 5,
    rate: 100,
  });
  const [old] = stack.pids('realtime');
  const sending = postLoad({
    url: stack.otlpHttpUrl,
    key: stack.apiKey,
    format: 'otlp-proto',
    agents: 1000,
    agentsPerRequest: 10,
    seconds: 10,
    rate: 100,
  });
  await wait(1500);
  live = 0;
  if (old !== undefined) process.kill(old, 'SIGKILL');
  const liveAgainMs = await untilAll(() => live, clients, 60_000);
  const stormy = await sending;
  const cpu = cpuSeconds(stack.pids('realtime'));
  for (const socket of sockets) socket.disconnect();
  return {
    bench: 'performance P9',
    case: `realtime process killed under ${clients} viewers`,
    connected_before: before,
    live_again: live,
    live_again_ms: round(liveAgainMs),
    realtime_cpu_s: round(cpu),
    ingest_p99_ms: { calm: round(calm.p99Ms ?? Number.NaN), storm: round(stormy.p99Ms ?? Number.NaN) },
    ingest_failed: stormy.failed + stormy.refused,
  };
}

async function* run(): AsyncGenerator<Line> {
  const stack = await startStack(null);
  try {
    yield await storm(stack, 1000);
  } finally {
    await stack.stop();
  }
}

export const reconnectStorm: Goal = {
  id: 'P9',
  title: 'All viewers cut at once',
  method:
    'Kills the realtime process (SIGKILL) under 1,000 Socket.IO clients with a fresh token for each attempt and jittered back-off, and measures the ' +
    'time until all are subscribed again, its restart by the supervisor included; ingest latency meanwhile against a calm phase. The clients share the two cores.',
  run,
};
