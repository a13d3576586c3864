import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { KubeObject } from './objects.ts';

/** Why kubectl cannot judge here; null where it can. */
export function whyNoKubectl(): string | null {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return null;
  } catch (error) {
    return `kubectl does not run here (${(error as NodeJS.ErrnoException).code ?? 'it failed'})`;
  }
}

interface Outcome {
  code: number;
  /** What it printed, both streams, without the space around it. */
  text: string;
}

/** kubectl with a kubeconfig of its own and nothing of the machine's. */
export function kubectlFor(kubeconfig: string) {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const file = join(folder, 'config');
  writeFileSync(file, kubeconfig, { mode: 0o600 });
  const env = { ...process.env, HOME: folder, KUBECONFIG: file };
  const children = new Set<ChildProcess>();
  let written = 0;

  return {
    run: (...args: string[]) =>
      new Promise<Outcome>((resolve) => {
        execFile('kubectl', args, { env }, (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
          resolve({ code, text: `${stdout}${stderr}`.trim() });
        });
      }),
    /** Goes on until it ends by itself or `close` ends it; `printed` is what it said so far. */
    start(...args: string[]) {
      const child = spawn('kubectl', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      children.add(child);
      const output = { printed: '', hasEnded: false };
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output.printed += chunk.toString();
        });
      }
      child.on('close', () => {
        output.hasEnded = true;
        children.delete(child);
      });
      return output;
    },
    /** A manifest in a file, for `-f`. */
    manifest(object: KubeObject): string {
      written += 1;
      const path = join(folder, `${written}.yaml`);
      writeFileSync(path, stringify(object));
      return path;
    },
    close() {
      for (const child of children) child.kill();
      rmSync(folder, { recursive: true });
    },
  };
}
