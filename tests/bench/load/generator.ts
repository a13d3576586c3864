import { join } from 'node:path';
import { pinned } from '../harness.ts';
import type { Format } from './requests.ts';

export interface LoadResult {
  pointsPerSecond: number;
  points: number;
  refused: number;
  failed: number;
  p50Ms: number | null;
  p99Ms: number | null;
}

export interface Load {
  url: string;
  key: string;
  format: Format;
  agents: number;
  agentsPerRequest: number;
  seconds: number;
  /** Requests a second on schedule; absent is a closed loop. */
  rate?: number;
}

/** Runs the generator on the second core; calls `onStart` when its measured part begins. */
export async function postLoad(load: Load, onStart: () => void = () => {}): Promise<LoadResult> {
  const script = join(import.meta.dirname, 'post.ts');
  const args = Object.entries({
    url: load.url,
    key: load.key,
    format: load.format,
    agents: load.agents,
    'agents-per-request': load.agentsPerRequest,
    seconds: load.seconds,
    rate: load.rate ?? 0,
    connections: load.agentsPerRequest >= 1000 ? 4 : 16,
  }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = pinned(1, process.execPath, [script, ...args], { stdout: 'pipe' });
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    if (output === 'started\n') onStart();
  }
  const line = output.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as LoadResult;
}
