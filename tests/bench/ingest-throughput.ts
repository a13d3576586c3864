import { cpuSeconds, type Goal, type Line, median, type RunOptions, round } from './harness.ts';
import { type Load, postLoad } from './load/generator.ts';
import type { Format } from './load/requests.ts';
import { type Peer, startInfluxDb, startPrometheus, startVictoriaMetrics } from './peers.ts';
import { type Stack, startStack } from './stack.ts';

interface Measured {
  pointsPerSecond: number;
  cpuMicrosPerPoint: Record<string, number>;
  p99Ms: number | null;
  refused: number;
}

async function measure(load: Load, parts: Record<string, () => number[]>): Promise<Measured> {
  const before: Record<string, number> = {};
  const result = await postLoad(load, () => {
    for (const [name, pids] of Object.entries(parts)) before[name] = cpuSeconds(pids());
  });
  const cpuMicrosPerPoint: Record<string, number> = {};
  for (const [name, pids] of Object.entries(parts)) {
    cpuMicrosPerPoint[name] = ((cpuSeconds(pids()) - (before[name] ?? 0)) * 1e6) / Math.max(1, result.points);
  }
  return {
    pointsPerSecond: result.pointsPerSecond,
    cpuMicrosPerPoint,
    p99Ms: result.p99Ms,
    refused: result.refused,
  };
}

function summarise(runs: readonly Measured[]): Record<string, unknown> {
  const parts = Object.keys(runs[0]?.cpuMicrosPerPoint ?? {});
  const cpu = Object.fromEntries(
    parts.map((part) => [part, round(median(runs.map((run) => run.cpuMicrosPerPoint[part] ?? 0)))]),
  );
  return {
    points_per_second: round(median(runs.map((run) => run.pointsPerSecond))),
    cpu_us_per_point: cpu,
    p99_ms: round(median(runs.map((run) => run.p99Ms ?? Number.NaN))),
    refused: runs.reduce((sum, run) => sum + run.refused, 0),
  };
}

interface Case {
  agents: number;
  agentsPerRequest: number;
  format: Format;
}

const cases: Case[] = [
  { agents: 1000, agentsPerRequest: 1, format: 'otlp-proto' },
  { agents: 1000, agentsPerRequest: 10, format: 'otlp-proto' },
  { agents: 1000, agentsPerRequest: 100, format: 'otlp-proto' },
  { agents: 1000, agentsPerRequest: 100, format: 'otlp-json' },
  { agents: 1000, agentsPerRequest: 100, format: 'otlp-proto-gzip' },
  { agents: 10_000, agentsPerRequest: 100, format: 'otlp-proto' },
];

const peerCases: { start(scratch: string): Promise<Peer | null>; name: string; format: Format }[] = [
  { name: 'victoria_metrics_line', start: startVictoriaMetrics, format: 'influx-line' },
  { name: 'victoria_metrics_remote_write', start: startVictoriaMetrics, format: 'remote-write' },
  { name: 'influxdb_line', start: startInfluxDb, format: 'influx-line' },
  { name: 'prometheus_remote_write', start: startPrometheus, format: 'remote-write' },
];

async function measurePeer(
  peer: (typeof peerCases)[number],
  one: Case,
  options: RunOptions,
): Promise<Measured | null> {
  const running = await peer.start(options.scratch).catch(() => null);
  if (running === null) return null;
  try {
    const load: Load = { ...one, url: running.url, key: '', format: peer.format, seconds: options.seconds };
    return await measure(load, { server: () => [running.pid] });
  } finally {
    await running.stop();
  }
}

async function measureOwn(stack: Stack, one: Case, options: RunOptions): Promise<Measured> {
  const load: Load = { ...one, url: stack.otlpHttpUrl, key: stack.apiKey, seconds: options.seconds };
  return measure(load, {
    ingest: () => stack.pids('ingest'),
    postgres: () => stack.pids('postgres'),
    worker: () => stack.pids('worker'),
  });
}

async function* run(options: RunOptions): AsyncGenerator<Line> {
  const stack = await startStack(0);
  try {
    for (const one of cases) {
      const own: Measured[] = [];
      const peers = new Map<string, Measured[]>();
      for (let repetition = 0; repetition < options.repetitions; repetition++) {
        own.push(await measureOwn(stack, one, options));
        for (const peer of peerCases) {
          const measured = await measurePeer(peer, one, options);
          if (measured !== null) peers.set(peer.name, [...(peers.get(peer.name) ?? []), measured]);
        }
      }
      const mine = median(own.map((measured) => measured.pointsPerSecond));
      const line: Line = {
        bench: 'performance P1',
        case: `${one.agents} agents x 10 metrics, ${one.agentsPerRequest} agents a request, ${one.format}, HTTP to commit, server on one core`,
        pitwall: summarise(own),
      };
      for (const peer of peerCases) {
        const runs = peers.get(peer.name);
        line[peer.name] = runs === undefined ? 'missing' : summarise(runs);
        if (runs !== undefined)
          line[`ratio_${peer.name}`] = round(mine / median(runs.map((measured) => measured.pointsPerSecond)));
      }
      yield line;
    }
  } finally {
    await stack.stop();
  }
}

export const ingestThroughput: Goal = {
  id: 'P1',
  title: 'Ingest throughput, HTTP to durable storage',
  method:
    'The whole product on core 0, the generator on core 1 (closed loop, 16 keep-alive connections, bodies made ahead). ' +
    'Points count when answered 2xx, which is after COMMIT with fsync. CPU from /proc of ingest, postgres and worker. Peers: ' +
    'VictoriaMetrics (line, remote write), InfluxDB 1.6 (line) and Prometheus (remote write), one core each, same shapes, interleaved.',
  run,
};
