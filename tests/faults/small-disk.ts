import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A PostgreSQL whose disk can be filled and freed. */
export interface SmallDisk {
  ownerUrl: string;
  appUrl: string;
  fill(): Promise<void>;
  /** Gives the space back, and starts the server again if it had to stop. */
  free(): Promise<void>;
  close(): Promise<void>;
}

const HOST = new URL('./small-disk-host.ts', import.meta.url).pathname;
const IN_NAMESPACE = 'mount -t tmpfs -o size=$2m tmpfs "$0" && exec "$1" "$3" "$0"';

/** Mounts a tmpfs of `megabytes` over `dir`, seen by the server alone, and starts PostgreSQL in it. Needs root. */
export async function startOnSmallDisk(dir: string, megabytes: number): Promise<SmallDisk> {
  const script = ['-m', 'sh', '-c', IN_NAMESPACE, dir, process.execPath, String(megabytes), HOST];
  const child = spawn('unshare', script, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await answers.next();
    if (done === true) throw new Error('the PostgreSQL on a small disk has ended');
    return JSON.parse(value);
  };
  const tell = async (command: string): Promise<void> => {
    child.stdin.write(`${command}\n`);
    await next();
  };
  const { ownerUrl, appUrl } = (await next()) as { ownerUrl: string; appUrl: string };
  return {
    ownerUrl,
    appUrl,
    fill: () => tell('fill'),
    free: () => tell('free'),
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
    },
  };
}
