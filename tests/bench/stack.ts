import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { endChild, freePort, processTree } from './harness.ts';

/** The whole product, started the way a user starts it, in a folder of its own. */
export interface Stack {
  webUrl: string;
  realtimeUrl: string;
  otlpUrl: string;
  apiKey: string;
  admin: { email: string; password: string };
  dataDir: string;
  /** The supervisor: the root of all processes of the product. */
  pid: number;
  /** A variable of the environment that the supervisor gave its processes. */
  setting(name: string): string;
  /** Process ids by part, found by what they run. */
  pids(part: Part): number[];
  stop(): Promise<void>;
}

export type Part = 'web' | 'realtime' | 'ingest' | 'worker' | 'postgres' | 'redis';

const marks: Record<Part, RegExp> = {
  web: /next-server|scripts\/web|next\/dist/,
  realtime: /realtime\/main/,
  ingest: /ingest\/main/,
  worker: /worker\/main/,
  postgres: /^postgres|bin\/postgres/,
  redis: /redis-server|valkey-server/,
};

function environmentOf(pid: number): Map<string, string> {
  const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function untilReady(child: ChildProcess, timeoutMs: number): Promise<string> {
  const { promise, resolve: done, reject } = Promise.withResolvers<string>();
  let output = '';
  const timer = setTimeout(
    () => reject(new Error(`not ready within ${timeoutMs} ms:\n${output.slice(-2000)}`)),
    timeoutMs,
  );
  const read = (chunk: Buffer) => {
    output += chunk.toString();
    const ready = /^.*\bready\b.*$/m.exec(output);
    if (ready === null) return;
    clearTimeout(timer);
    done(ready[0]);
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('exit', (code) =>
    reject(new Error(`ended with code ${code} before it was ready:\n${output.slice(-2000)}`)),
  );
  return promise;
}

/**
 * Starts the product.
 *
 * @param cpu pins all of it to one core, or null for all cores
 * @param settings further environment of the product
 */
export async function startStack(
  scratch: string,
  cpu: string | null,
  settings: Record<string, string> = {},
): Promise<Stack> {
  const [web, realtime, http, grpc, worker] = await Promise.all(Array.from({ length: 5 }, freePort));
  const dataDir = join(scratch, `pitwall-${web}`);
  const admin = { email: 'bench@pitwall.test', password: 'bench password of the admin' };
  const apiKey = `bench-key-${'0123456789abcdef'.repeat(2)}`;
  const environment = {
    ...process.env,
    PORT: String(web),
    REALTIME_PORT: String(realtime),
    OTLP_HTTP_PORT: String(http),
    OTLP_GRPC_PORT: String(grpc),
    WORKER_PORT: String(worker),
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    INIT_ADMIN_EMAIL: admin.email,
    INIT_ADMIN_PASSWORD: admin.password,
    INIT_API_KEY: apiKey,
    AGENTS_PER_TEAM: '20000',
    MAX_SERIES_PER_TEAM: '1000000',
    OTLP_POINTS_PER_SECOND: '100000000',
    REALTIME_TRUSTED_RANGES: '127.0.0.0/8',
    ...settings,
  };
  const start = [process.execPath, resolve(import.meta.dirname, '../../scripts/start.mjs')];
  const [command = '', ...args] = cpu === null ? start : ['taskset', '-c', cpu, ...start];
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  await untilReady(child, 180_000);
  const pid = child.pid ?? 0;
  const pids = (part: Part) => processTree(pid).filter((one) => marks[part].test(commandLine(one)));
  return {
    webUrl: `http://localhost:${web}`,
    realtimeUrl: `http://localhost:${realtime}`,
    otlpUrl: `http://127.0.0.1:${http}`,
    apiKey,
    admin,
    dataDir,
    pid,
    pids,
    setting: (name) => environmentOf(pids('ingest')[0] ?? pid).get(name) ?? '',
    stop: () => endChild(child, 'SIGTERM'),
  };
}
