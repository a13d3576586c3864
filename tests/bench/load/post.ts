/**
 * A load generator as a process of its own: posts requests over a number of keep-alive connections
 * for a number of seconds and prints what was accepted as one JSON line. Bodies are made ahead for
 * formats that are dear to make, so that the sender is not what limits.
 */
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import { type Format, requestMaker } from './requests.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    key: { type: 'string', default: '' },
    format: { type: 'string', default: 'otlp-proto' },
    agents: { type: 'string', default: '1000' },
    metrics: { type: 'string', default: '10' },
    'agents-per-request': { type: 'string', default: '10' },
    connections: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '4' },
    /** Requests a second on schedule, whatever the answers take; 0 is a closed loop. */
    rate: { type: 'string', default: '0' },
  },
});
const maker = requestMaker(values.format as Format, {
  agents: Number(values.agents),
  metricsPerAgent: Number(values.metrics),
  agentsPerRequest: Number(values['agents-per-request']),
});
const connections = Number(values.connections);
const rate = Number(values.rate);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const target = new URL(values.url);
const headers = { ...maker.headers, ...(values.key !== '' && { 'x-api-key': values.key }) };

/** Bodies made before the clock runs; a live one costs the generator 10 us or more. */
const stock: Buffer[] = [];
let taken = 0;
let made = 0;
function nextBody(): Buffer {
  return stock[taken++] ?? maker.body(made++);
}

const tally = { requests: 0, accepted: 0, refused: 0, failed: 0, latenciesMs: [] as number[] };

function post(): Promise<void> {
  const body = nextBody();
  const started = performance.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  const options = {
    agent,
    host: target.hostname,
    port: target.port,
    method: 'POST',
    path: maker.path,
    headers: { ...headers, 'content-length': body.length },
  };
  const outgoing = request(options, (response) => {
    response.resume();
    response.once('end', () => {
      tally.requests++;
      tally.latenciesMs.push(performance.now() - started);
      if ((response.statusCode ?? 500) < 300) tally.accepted++;
      else tally.refused++;
      resolve();
    });
  });
  outgoing.once('error', () => {
    tally.failed++;
    resolve();
  });
  outgoing.end(body);
  return promise;
}

async function onSchedule(rate: number, untilMs: number): Promise<void> {
  const pending: Promise<void>[] = [];
  for (let next = performance.now(); next < untilMs; next += 1000 / rate) {
    const wait = next - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    pending.push(post());
  }
  await Promise.all(pending);
}

async function closedLoop(untilMs: number): Promise<void> {
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < untilMs) await post();
    }),
  );
}

const everyAgentOnce = Math.ceil(Number(values.agents) / Number(values['agents-per-request']));
for (let i = 0; i < everyAgentOnce; i++) await post();
Object.assign(tally, { requests: 0, accepted: 0, refused: 0, failed: 0, latenciesMs: [] });
const seconds = Number(values.seconds);
const wanted = rate > 0 ? 0 : Math.min(20_000, 3_000_000 / maker.pointsPerRequest);
while (stock.length < wanted) stock.push(maker.body(made++));
process.stdout.write('started\n');
const began = performance.now();
await (rate > 0 ? onSchedule(rate, began + seconds * 1000) : closedLoop(began + seconds * 1000));
const elapsed = (performance.now() - began) / 1000;
const sorted = tally.latenciesMs.toSorted((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({
    pointsPerSecond: (tally.accepted * maker.pointsPerRequest) / elapsed,
    requests: tally.requests,
    refused: tally.refused,
    failed: tally.failed,
    points: tally.accepted * maker.pointsPerRequest,
    p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? null,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? null,
  })}\n`,
);
agent.destroy();
