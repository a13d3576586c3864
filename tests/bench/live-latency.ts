import { setTimeout as wait } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { type AgentDelta, LIVE_EVENTS, type SubscribeAnswer } from '#lib/model/live.ts';
import { type Goal, type Line, quantile, type RunOptions, round } from './harness.ts';
import { postLoad } from './load/generator.ts';
import { attribute, double, field, fixed64, text } from './load/protobuf.ts';
import { compileC, drain } from './native.ts';
import { type Peer, startNetdata } from './peers.ts';
import { type Stack, startStack } from './stack.ts';
import { seedViewers, signTokens, writeTokens } from './viewers.ts';

const METRIC = 'probe.value';

function probeBody(value: number): Buffer {
  const resource = field(1, 2, attribute(1, 'service.name', 'latency-probe'));
  const point = field(1, 2, fixed64(3, BigInt(Date.now()) * 1_000_000n), double(4, value));
  return field(1, 2, resource, field(2, 2, field(2, 2, text(1, METRIC), field(5, 2, point))));
}

async function sendProbe(stack: Stack, value: number): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf', 'x-api-key': stack.apiKey };
  const response = await fetch(`${stack.otlpHttpUrl}/v1/metrics`, {
    method: 'POST',
    headers,
    body: new Uint8Array(probeBody(value)),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the probe was answered ${response.status}`);
}

async function probeAgentId(stack: Stack): Promise<string> {
  const headers = { 'x-api-key': stack.apiKey };
  const response = await fetch(`${stack.url}/api/v1/agents?q=latency-probe`, { headers });
  const page = (await response.json()) as { items: { id: string; name: string }[] };
  const found = page.items.find((agent) => agent.name === 'latency-probe');
  if (found === undefined) throw new Error('the probe agent is not listed');
  return found.id;
}

/** A viewer of the probe's page; calls back with each value that arrives. */
async function watchProbe(
  stack: Stack,
  token: string,
  agentId: string,
  onValue: (value: number) => void,
): Promise<Socket> {
  const socket = io(stack.realtimeUrl, {
    transports: ['websocket'],
    auth: { token },
    extraHeaders: { origin: stack.url },
  });
  socket.on(LIVE_EVENTS.delta, (message: string) => {
    const delta = JSON.parse(message) as AgentDelta;
    for (const [name, value] of delta.x ?? []) if (name === METRIC) onValue(value);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect_error', reject);
  socket.once('connect', () => {
    socket.emit(LIVE_EVENTS.subscribe, { view: 'agent', agentId }, (answer: SubscribeAnswer) =>
      answer.ok ? resolve() : reject(new Error(answer.message)),
    );
  });
  await promise;
  return socket;
}

/** Ages in ms of values from sending to arriving at the viewer, at moments that don't keep step with ticks. */
async function probe(stack: Stack, token: string, agentId: string, seconds: number): Promise<number[]> {
  const sentAt = new Map<number, number>();
  const ages: number[] = [];
  const socket = await watchProbe(stack, token, agentId, (value) => {
    const at = sentAt.get(value);
    if (at !== undefined) ages.push(performance.now() - at);
    sentAt.delete(value);
  });
  const until = performance.now() + seconds * 1000;
  for (let value = Math.floor(Math.random() * 1e9); performance.now() < until; value++) {
    sentAt.set(value, performance.now());
    await sendProbe(stack, value);
    await wait(330 + Math.random() * 170);
  }
  await wait(1000);
  socket.disconnect();
  if (sentAt.size > 0) throw new Error(`${sentAt.size} of ${sentAt.size + ages.length} values never arrived`);
  return ages;
}

/** Time from a sample's own stamp until Netdata's API shows it, asked every 10 ms. */
async function netdataAges(peer: Peer): Promise<number[]> {
  const ages: number[] = [];
  let last = 0;
  const until = Date.now() + 8000;
  while (Date.now() < until) {
    const response = await fetch(`${peer.url}/api/v1/data?chart=system.cpu&points=1&after=-1&format=json`);
    const text = await response.text();
    // Right after its start it has nothing to tell yet, and says so in words.
    const data = text.startsWith('{') ? (JSON.parse(text) as { data: number[][] }).data : [];
    const stamp = data[0]?.[0] ?? 0;
    if (stamp > last && last !== 0) ages.push(Date.now() - stamp * 1000);
    last = stamp;
    await wait(10);
  }
  return ages;
}

interface Setting {
  viewers: number;
  agents: number;
}

const settings: Setting[] = [
  { viewers: 1, agents: 100 },
  { viewers: 100, agents: 1000 },
  { viewers: 500, agents: 1000 },
  { viewers: 1000, agents: 1000 },
];

async function measure(stack: Stack, options: RunOptions, one: Setting): Promise<Line> {
  const seconds = Math.max(15, options.seconds * 5);
  await sendProbe(stack, 0);
  await wait(1500);
  const agentId = await probeAgentId(stack);
  const people = await seedViewers(stack, one.viewers + 5);
  const [token = ''] = signTokens(stack, people.slice(-1));
  const binary = compileC('drain', options.scratch);
  const load = {
    url: stack.otlpHttpUrl,
    key: stack.apiKey,
    format: 'otlp-proto' as const,
    agents: one.agents,
    agentsPerRequest: 10,
    seconds: seconds + 4,
    rate: one.agents / 10,
  };
  const audience =
    binary === null || one.viewers === 1
      ? null
      : drain({
          binary,
          port: Number(new URL(stack.realtimeUrl).port),
          connections: one.viewers - 1,
          seconds: seconds + 2,
          mode: 'sio',
          tokensFile: writeTokens(stack, people.slice(0, one.viewers - 1), options.scratch),
          env: { DRAIN_ORIGIN: stack.url },
        });
  const sending = postLoad(load);
  await wait(2000);
  const ages = await probe(stack, token, agentId, seconds);
  const [sent, seen] = await Promise.all([sending, audience]);
  return {
    bench: 'performance P2',
    case: `${one.agents} agents x 10 values/s, ${one.viewers} viewers of the fleet, one watching a probe`,
    samples: ages.length,
    p50_ms: round(quantile(ages, 0.5)),
    p95_ms: round(quantile(ages, 0.95)),
    p99_ms: round(quantile(ages, 0.99)),
    max_ms: round(Math.max(...ages)),
    points_per_second: round(sent.pointsPerSecond),
    deltas_per_second: seen === null ? null : round(seen.perSecond),
    closed: seen?.closed ?? 0,
  };
}

async function* run(options: RunOptions): AsyncGenerator<Line> {
  const peer = await startNetdata(options.scratch).catch(() => null);
  const netdata = peer === null ? [] : await netdataAges(peer).finally(() => peer.stop());
  const stack = await startStack(null);
  try {
    for (const one of settings) {
      const line = await measure(stack, options, one);
      line.netdata_p50_ms = netdata.length === 0 ? 'missing' : round(quantile(netdata, 0.5));
      yield line;
    }
  } finally {
    await stack.stop();
  }
}

export const liveLatency: Goal = {
  id: 'P2',
  title: 'From an agent sending to a viewer seeing',
  method:
    'A probe agent posts a gauge over OTLP/HTTP at moments that do not keep step with ticks; its age is taken when the value arrives at a Socket.IO client ' +
    'that watches the probe, so waiting for the tick is included. Meanwhile other agents send 10 values a second each and a C client holds the ' +
    'other viewers on the fleet view. Peer: Netdata, from the stamp of a sample until its API shows it.',
  run,
};
