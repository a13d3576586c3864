import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';

/** Starts a process that runs a script to its end which has none; both say when they are there. */
const RUNS = `
  import { runToEnd } from ${JSON.stringify(new URL('./run-to-end.mjs', import.meta.url).href)};
  const child = 'console.log(process.pid); setInterval(() => {}, 1000)';
  await runToEnd(['-e', child], { onLine: (line) => console.log(line) });
`;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.each(['SIGKILL', 'SIGTERM'])(
  'what is run to its end ends with who runs it, also after %s',
  async (signal) => {
    const runner = spawn(process.execPath, ['--input-type=module', '-e', RUNS], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(runner.stdout, 'data');
    const pid = Number(String(line));
    expect(isAlive(pid)).toBe(true);
    const ended = once(runner, 'exit');
    runner.kill(signal);
    await ended;
    while (isAlive(pid)) await pause(20);
  },
  20_000,
);
