import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pinned } from './harness.ts';

/** Compiles one C program of this suite; null where the machine has no compiler. */
export function compileC(name: 'drain' | 'floor', scratch: string): string | null {
  const binary = join(scratch, name);
  if (existsSync(binary)) return binary;
  mkdirSync(scratch, { recursive: true });
  try {
    execFileSync('cc', ['-O2', '-o', binary, join(import.meta.dirname, 'native', `${name}.c`)]);
    return binary;
  } catch {
    return null;
  }
}

const goPackages = [
  'golang-go',
  'golang-github-centrifugal-centrifuge-dev',
  'golang-github-centrifugal-protocol-dev',
  'golang-github-fzambia-eagle-dev',
  'golang-github-igm-sockjs-go-dev',
  'golang-github-mna-redisc-dev',
];

/** Builds the Centrifuge peer with Debian's Go and library packages in a folder; null where they can't be had. */
export function buildCentrifuge(scratch: string): string | null {
  const root = join(scratch, 'go');
  const archives = join(root, 'archives');
  const binary = join(scratch, 'centrifuge');
  if (existsSync(binary)) return binary;
  try {
    mkdirSync(join(archives, 'partial'), { recursive: true });
    const options = ['--no-install-recommends', '--download-only', '-o', `Dir::Cache::archives=${archives}`];
    execFileSync('apt-get', ['install', '-y', '-qq', ...options, ...goPackages], { stdio: 'ignore' });
    for (const file of readdirSync(archives).filter((entry) => entry.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['-x', join(archives, file), root]);
    }
    const goRoot = join(
      root,
      'usr/lib',
      readdirSync(join(root, 'usr/lib')).find((entry) => /^go-\d/.test(entry)) ?? 'go',
    );
    const environment = {
      ...process.env,
      GOROOT: goRoot,
      GOPATH: join(root, 'usr/share/gocode'),
      GO111MODULE: 'off',
      GOCACHE: join(root, 'cache'),
    };
    const source = join(import.meta.dirname, 'native/centrifuge.go');
    execFileSync(join(goRoot, 'bin/go'), ['build', '-o', binary, source], {
      env: environment,
      stdio: 'ignore',
    });
    return binary;
  } catch {
    return null;
  }
}

export interface DrainResult {
  messages: number;
  bytes: number;
  perSecond: number;
  /** Age of messages that carry a monotonic stamp, -1 without one. */
  p50Ms: number;
  p99Ms: number;
  closed: number;
}

export interface DrainOptions {
  binary: string;
  port: number;
  connections: number;
  seconds: number;
  mode: 'ws' | 'sio' | 'sio-plain';
  tokensFile?: string;
  env?: Record<string, string>;
  /** Called when all connections are up. */
  onStart?: () => void;
}

/** Runs the C client on the second core until it has counted for `seconds`. */
export async function drain(options: DrainOptions): Promise<DrainResult> {
  const { binary, port, connections, seconds, mode, tokensFile } = options;
  const args = [port, connections, seconds, mode].map(String);
  const child: ChildProcess = pinned(1, binary, tokensFile === undefined ? args : [...args, tokensFile], {
    stdout: 'pipe',
    env: { ...process.env, ...options.env },
  });
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    if (output === '') options.onStart?.();
    output += String(chunk);
  }
  const line = output.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{'))
    throw new Error(`the drain stopped before it counted (${mode}, ${connections} connections)`);
  return JSON.parse(line) as DrainResult;
}
