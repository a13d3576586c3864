import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alertDelay } from './alert-delay.ts';
import { dashboardQueries } from './dashboard-queries.ts';
import { fanOut } from './fan-out.ts';
import { footprint } from './footprint.ts';
import { fuzz } from './fuzz.ts';
import type { Goal } from './harness.ts';
import { ingestThroughput } from './ingest-throughput.ts';
import { liveLatency } from './live-latency.ts';
import { pageLoad } from './page-load.ts';
import { reconnectStorm } from './reconnect-storm.ts';
import { socketMemory } from './socket-memory.ts';

const goals: Goal[] = [
  ingestThroughput,
  liveLatency,
  fanOut,
  dashboardQueries,
  alertDelay,
  pageLoad,
  socketMemory,
  reconnectStorm,
  footprint,
  fuzz,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '4' },
    repetitions: { type: 'string', default: '3' },
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

function help(): string {
  const rows = goals.map((goal) => `${goal.id.padEnd(4)} ${goal.title}\n     ${goal.method}`);
  return `npm run bench -- [P1 P2 ...] [--seconds 4] [--repetitions 3] [--requests 100000] [--seed n]\n\nOne JSON line a case.\n\n${rows.join('\n\n')}\n`;
}

async function runGoals(chosen: readonly Goal[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  const [seconds, repetitions] = [Number(values.seconds), Number(values.repetitions)];
  const options = {
    seconds,
    repetitions,
    requests: Number(values.requests),
    seed: Number(values.seed),
    scratch,
  };
  try {
    for (const goal of chosen) {
      for await (const line of goal.run(options)) process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const unknown = positionals.filter((name) => !goals.some((goal) => goal.id === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no goal ${unknown.join(', ')}.\n\n${help()}`);
  process.exitCode = 2;
} else if (values.help) {
  process.stdout.write(help());
} else {
  await runGoals(positionals.length === 0 ? goals : goals.filter((goal) => positionals.includes(goal.id)));
}
