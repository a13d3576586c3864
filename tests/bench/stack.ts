import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Product, startProduct } from '../../scripts/testing/product.mjs';
import { processTree } from './harness.ts';

export type Part = 'web' | 'realtime' | 'ingest' | 'worker' | 'postgres' | 'redis';

/** What a load needs to know of a product that runs. */
export type Target = Pick<
  Stack,
  'url' | 'otlpHttpUrl' | 'realtimePort' | 'apiKey' | 'admin' | 'dataDir' | 'pids' | 'setting'
>;

/** The whole product, started the way a user starts it, and its processes. */
export interface Stack extends Product {
  realtimeUrl: string;
  /** The supervisor: the root of all processes of the product. */
  pid: number;
  /** Process ids by part, found by what they run. */
  pids(part: Part): number[];
  /** A variable of the environment that the supervisor gave its processes. */
  setting(name: string): string;
}

const marks: Record<Part, RegExp> = {
  web: /next-server|web\/main|next\/dist/,
  realtime: /realtime\/main/,
  ingest: /ingest\/main/,
  worker: /worker\/main/,
  postgres: /^postgres|bin\/postgres/,
  redis: /redis-server|valkey-server/,
};

function procFile(pid: number, name: 'cmdline' | 'environ'): string[] {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Finds the processes of a product that runs on this machine. */
export function inspect(
  product: Pick<Product, 'realtimePort'>,
  pid: number,
): Pick<Stack, 'pid' | 'pids' | 'setting' | 'realtimeUrl'> {
  const pids = (part: Part) =>
    processTree(pid).filter((one) => marks[part].test(procFile(one, 'cmdline').join(' ')));
  return {
    pid,
    pids,
    realtimeUrl: `http://localhost:${product.realtimePort}`,
    setting: (name) => {
      const found = procFile(pids('worker')[0] ?? pid, 'environ').find((pair) => pair.startsWith(`${name}=`));
      return found?.slice(name.length + 1) ?? '';
    },
  };
}

/**
 * Starts the product with limits that a benchmark does not run into.
 *
 * @param cpu pins all of it to one core, or null for all cores
 * @param settings further environment of the product
 */
export async function startStack(cpu: number | null, settings: Record<string, string> = {}): Promise<Stack> {
  const product = await startProduct({
    env: {
      LOG_LEVEL: 'warn',
      AGENTS_PER_TEAM: '20000',
      MAX_SERIES_PER_TEAM: '1000000',
      OTLP_POINTS_PER_SECOND: '100000000',
      REALTIME_TRUSTED_RANGES: '127.0.0.0/8',
      RATE_LIMIT_PER_MINUTE: '1000000',
      RATE_LIMIT_PER_HOUR: '10000000',
      RATE_LIMIT_SIGN_IN_PER_MINUTE: '10000',
      RATE_LIMIT_PAGE_DATA_PER_MINUTE: '1000000',
      ...settings,
    },
  });
  const pid = product.process.pid ?? 0;
  if (cpu !== null) {
    for (const one of processTree(pid))
      execFileSync('taskset', ['-acp', String(cpu), String(one)], { stdio: 'ignore' });
  }
  return { ...product, ...inspect(product, pid) };
}
