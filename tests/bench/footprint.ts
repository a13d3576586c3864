import { setTimeout as wait } from 'node:timers/promises';
import { cpuSeconds, type Goal, type Line, pssBytes, type RunOptions, round } from './harness.ts';
import { type Peer, startNetdata, startVictoriaMetrics } from './peers.ts';
import { type Part, startStack } from './stack.ts';

const parts: Part[] = ['web', 'realtime', 'ingest', 'worker', 'postgres', 'redis'];
const megabytes = (bytes: number): number => round(bytes / 1e6);

async function idle(
  pids: () => number[],
  seconds: number,
): Promise<{ cpuPercent: number; megabytes: number }> {
  const before = cpuSeconds(pids());
  await wait(seconds * 1000);
  return {
    cpuPercent: round(((cpuSeconds(pids()) - before) * 100) / seconds),
    megabytes: megabytes(pssBytes(pids())),
  };
}

async function idlePeer(start: () => Promise<Peer | null>, seconds: number): Promise<unknown> {
  const peer = await start().catch(() => null);
  if (peer === null) return 'missing';
  try {
    await wait(5000);
    return await idle(() => [peer.pid], seconds);
  } finally {
    await peer.stop();
  }
}

async function* run(options: RunOptions): AsyncGenerator<Line> {
  const seconds = Math.max(10, options.seconds * 5);
  const stack = await startStack(null);
  try {
    await wait(10_000);
    const total = await idle(() => [stack.pid], seconds);
    const memory = Object.fromEntries(parts.map((part) => [part, megabytes(pssBytes(stack.pids(part)))]));
    yield {
      bench: 'performance P10',
      case: `idle for ${seconds} s after the start, no agents, no viewers`,
      cpu_percent_of_a_core: total.cpuPercent,
      pss_mb: total.megabytes,
      pss_mb_by_part: memory,
      netdata: await idlePeer(() => startNetdata(options.scratch), seconds),
      victoria_metrics: await idlePeer(() => startVictoriaMetrics(options.scratch), seconds),
    };
  } finally {
    await stack.stop();
  }
}

export const footprint: Goal = {
  id: 'P10',
  title: 'Idle footprint of everything',
  method:
    'Starts the whole product, waits 10 s, then counts CPU of all its processes (supervisor, four processes, PostgreSQL, Redis) and their ' +
    'proportional set size, which counts shared pages once. Peers: Netdata and VictoriaMetrics idle in the same way.',
  run,
};
