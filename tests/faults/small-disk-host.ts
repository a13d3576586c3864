import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startPostgres } from '../../scripts/engines/postgres.mjs';

/**
 * A PostgreSQL on a disk that can be filled: runs in a mount namespace of its own (small-disk.ts), where
 * its directory is a small tmpfs. Says its URLs on standard output, then does what standard input says:
 * `fill` the disk to its last byte, `free` it again and bring the server back if it had to stop.
 */
const dir = process.argv[2] ?? '';
const filler = join(dir, 'filler');
const say = (word: unknown): void => void process.stdout.write(`${JSON.stringify(word)}\n`);

let engine = await startPostgres({ dir: join(dir, 'postgres'), durable: true });
const { port, ownerUrl, appUrl } = engine;
say({ ownerUrl, appUrl });

function fill(): void {
  const file = openSync(filler, 'w');
  for (let size = 1024 * 1024; size >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size = size >> 1;
    }
  }
  closeSync(file);
}

async function free(): Promise<void> {
  rmSync(filler, { force: true });
  if (engine.process.exitCode === null && engine.process.signalCode === null) return;
  engine = await startPostgres({ dir: join(dir, 'postgres'), durable: true, port });
}

const commands = createInterface({ input: process.stdin });
commands.on('line', async (command) => {
  if (command === 'fill') fill();
  if (command === 'free') await free();
  say(command);
});
await once(commands, 'close');
await engine.stop(5_000);
