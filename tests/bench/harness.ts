/**
 * The benchmark suite: one file a goal of the performance specification, each comparing the product
 * with peers or physical limits in the same run. `npm run bench -- --help` lists them.
 *
 * This file holds what every goal needs: processes pinned to a core, their CPU time, medians.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** One measured line, printed as JSON. `goal` is the number in the performance specification. */
export interface Line {
  bench: string;
  case: string;
  [figure: string]: unknown;
}

export interface Goal {
  id: string;
  title: string;
  /** How it is measured and against what, for `--help`. */
  method: string;
  run(options: RunOptions): AsyncGenerator<Line>;
}

export interface RunOptions {
  /** Measured seconds of one repetition. */
  seconds: number;
  repetitions: number;
  /** Of the fuzz: how many it sends, and what they are made from. */
  requests: number;
  seed: number;
  /** Folder for peers and throw-away data; removed at the end. */
  scratch: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** Rounds for printing: three significant digits are all that a shared machine gives. */
export function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : value;
}

export function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}

/** Starts a program on one core (`cpu` null: wherever) with its output dropped. */
export function pinned(
  cpu: number | null,
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; stdout?: 'pipe' | 'ignore' } = {},
): ChildProcess {
  const [program, all] = cpu === null ? [command, args] : ['taskset', ['-c', String(cpu), command, ...args]];
  return spawn(program, all, {
    env: options.env ?? process.env,
    cwd: options.cwd,
    stdio: ['ignore', options.stdout ?? 'ignore', 'ignore'],
  });
}

/** Ends a child that this run started and waits until it is gone. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
  child.kill(signal);
  await promise;
  clearTimeout(force);
}

interface Stat {
  ppid: number;
  cpuTicks: number;
  rssBytes: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (index: number) => Number(fields[index]);
    return { ppid: at(1), cpuTicks: at(11) + at(12), rssBytes: at(21) * 4096 };
  } catch {
    return null;
  }
}

/** A process and all its descendants. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    const stat = Number.isInteger(pid) && pid > 0 ? statOf(pid) : null;
    if (stat !== null) children.set(stat.ppid, [...(children.get(stat.ppid) ?? []), pid]);
  }
  const found: number[] = [];
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    found.push(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** User and system time of process trees in seconds (100 ticks a second on Linux). */
export function cpuSeconds(roots: readonly number[]): number {
  const pids = new Set(roots.flatMap(processTree));
  let ticks = 0;
  for (const pid of pids) ticks += statOf(pid)?.cpuTicks ?? 0;
  return ticks / 100;
}

/** Resident memory of process trees in bytes; shared pages count once a process. */
export function rssBytes(roots: readonly number[]): number {
  const pids = new Set(roots.flatMap(processTree));
  let bytes = 0;
  for (const pid of pids) bytes += statOf(pid)?.rssBytes ?? 0;
  return bytes;
}

function pssField(roots: readonly number[], name: 'Pss' | 'Pss_Shmem'): number {
  const line = new RegExp(`^${name}:\\s+(\\d+)`, 'm');
  let kilobytes = 0;
  for (const pid of new Set(roots.flatMap(processTree))) {
    const file = `/proc/${pid}/smaps_rollup`;
    if (!existsSync(file)) continue;
    try {
      kilobytes += Number(line.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
    } catch {
      // The process ended between listing and reading.
    }
  }
  return kilobytes * 1024;
}

/** Proportional set size of process trees in bytes: shared pages are divided among their users. */
export function pssBytes(roots: readonly number[]): number {
  return pssField(roots, 'Pss');
}

/** The same without shared memory, whose size PostgreSQL fixes when it starts and whose pages it touches bit by bit. */
export function ownBytes(roots: readonly number[]): number {
  return pssField(roots, 'Pss') - pssField(roots, 'Pss_Shmem');
}

/** Polls until a URL answers with a status below 500, or throws after `timeoutMs`. */
export async function waitForHttp(url: string, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 599,
    );
    if (status < 500) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not answer within ${timeoutMs} ms`);
}
