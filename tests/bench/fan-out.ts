import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  cpuSeconds,
  endChild,
  freePort,
  type Goal,
  type Line,
  median,
  pinned,
  type RunOptions,
  round,
} from './harness.ts';
import { buildCentrifuge, compileC, type DrainOptions, type DrainResult, drain } from './native.ts';

const MESSAGE_BYTES = 574;
const PACED = 20;
const HELLO = '{"id":1,"params":{}}\n{"id":2,"method":1,"params":{"channel":"fleet"}}';

interface Variant {
  name: string;
  /** 0 broadcasts a second: as fast as the loop drains. */
  start(port: number, clients: number, rate: number, seconds: number): ChildProcess;
  client: Pick<DrainOptions, 'mode' | 'env'>;
  canSaturate: boolean;
}

interface Sample {
  cpuMicros: number;
  perSecond: number;
  p99Ms: number;
}

function nodeVariant(name: 'fast-lane' | 'stock' | 'ws'): Variant {
  const script = join(import.meta.dirname, 'fan/server.ts');
  return {
    name,
    start: (port, _clients, rate) =>
      pinned(0, process.execPath, [script, name, String(port), String(MESSAGE_BYTES), String(rate)], {
        stdout: 'pipe',
      }),
    client: { mode: name === 'ws' ? 'ws' : 'sio-plain' },
    canSaturate: true,
  };
}

function variants(scratch: string): Variant[] {
  const all = [nodeVariant('fast-lane'), nodeVariant('stock'), nodeVariant('ws')];
  const floor = compileC('floor', scratch);
  if (floor !== null) {
    all.unshift({
      name: 'floor',
      start: (port, clients, rate, seconds) =>
        pinned(0, floor, [port, clients, MESSAGE_BYTES, rate, seconds + 30].map(String), { stdout: 'pipe' }),
      client: { mode: 'ws' },
      canSaturate: true,
    });
  }
  const centrifuge = buildCentrifuge(scratch);
  if (centrifuge !== null) {
    all.push({
      name: 'centrifuge',
      start: (port, _clients, rate) =>
        pinned(0, centrifuge, [port, MESSAGE_BYTES, rate].map(String), {
          env: { ...process.env, GOMAXPROCS: '1' },
        }),
      client: { mode: 'ws', env: { DRAIN_PATH: '/connection/websocket', DRAIN_HELLO: HELLO } },
      canSaturate: false,
    });
  }
  return all;
}

/** Waits until something accepts connections on a port. */
async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const probe = spawn('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`], { stdio: 'ignore' });
    const { promise, resolve } = Promise.withResolvers<number | null>();
    probe.once('exit', resolve);
    if ((await promise) === 0) return;
    await new Promise((again) => setTimeout(again, 50));
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function sample(
  variant: Variant,
  binary: string,
  clients: number,
  rate: number,
  seconds: number,
): Promise<Sample> {
  const port = await freePort();
  const server = variant.start(port, clients, rate, seconds);
  try {
    // The floor serves exactly as many connections as it was told to, so it can't be probed.
    if (variant.name === 'floor') await new Promise((resolve) => setTimeout(resolve, 300));
    else await untilListening(port);
    let before = 0;
    let beganAt = 0;
    const result: DrainResult = await drain({
      binary,
      port,
      connections: clients,
      seconds,
      ...variant.client,
      onStart: () => {
        // Counting begins a second after the last connection.
        setTimeout(() => {
          before = cpuSeconds([server.pid ?? 0]);
          beganAt = performance.now();
        }, 1000);
      },
    });
    const share = (seconds * 1000) / Math.max(1, performance.now() - beganAt);
    const cpu = (cpuSeconds([server.pid ?? 0]) - before) * share;
    return {
      cpuMicros: (cpu * 1e6) / Math.max(1, result.messages),
      perSecond: result.perSecond,
      p99Ms: result.p99Ms,
    };
  } finally {
    await endChild(server, 'SIGKILL');
  }
}

const figure = (samples: readonly Sample[], pick: (one: Sample) => number) =>
  round(median(samples.map(pick)));

async function* run(options: RunOptions): AsyncGenerator<Line> {
  const binary = compileC('drain', options.scratch);
  if (binary === null) {
    yield { bench: 'performance P3', case: 'not run: no C compiler for the client' };
    return;
  }
  const all = variants(options.scratch);
  for (const clients of [100, 1000]) {
    const paced = new Map<string, Sample[]>();
    const full = new Map<string, Sample[]>();
    for (let repetition = 0; repetition < options.repetitions; repetition++) {
      for (const variant of all) {
        const rate = Math.round((PACED * 1000) / clients);
        paced.set(variant.name, [
          ...(paced.get(variant.name) ?? []),
          await sample(variant, binary, clients, rate, options.seconds),
        ]);
        if (!variant.canSaturate) continue;
        full.set(variant.name, [
          ...(full.get(variant.name) ?? []),
          await sample(variant, binary, clients, 0, options.seconds),
        ]);
      }
    }
    const line: Line = {
      bench: 'performance P3',
      case: `${clients} clients, ${MESSAGE_BYTES} B, paced at 20,000 messages/s, and saturated; server on one core`,
    };
    for (const variant of all) {
      const slow = paced.get(variant.name) ?? [];
      const fast = full.get(variant.name);
      line[variant.name] = {
        cpu_us_per_message: figure(slow, (one) => one.cpuMicros),
        p99_ms: figure(slow, (one) => one.p99Ms),
        saturated_per_second: fast === undefined ? null : figure(fast, (one) => one.perSecond),
      };
    }
    const own = figure(paced.get('fast-lane') ?? [], (one) => one.cpuMicros);
    for (const name of ['floor', 'centrifuge', 'stock', 'ws']) {
      const peer = paced.get(name);
      line[`ratio_cpu_${name}`] =
        peer === undefined ? 'missing' : round(own / figure(peer, (one) => one.cpuMicros));
    }
    line.ratio_saturated_stock = round(
      figure(full.get('fast-lane') ?? [], (one) => one.perSecond) /
        figure(full.get('stock') ?? [], (one) => one.perSecond),
    );
    yield line;
  }
}

export const fanOut: Goal = {
  id: 'P3',
  title: 'Fan-out of one broadcast to many sockets',
  method:
    'Our Socket.IO adapter, stock Socket.IO, raw ws, a C server that writes once per client (the floor) and Centrifuge, each on core 0; ' +
    'a C epoll client on core 1 counts messages. CPU of the server per delivered message at 20,000 messages/s, and messages/s when it ' +
    'sends as fast as it can. Variants are interleaved, medians of the repetitions.',
  run,
};
