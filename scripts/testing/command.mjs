import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';

/** What a program gets to end itself and its processes in, and its orphans to let go of the output. */
const GRACE_MS = 10_000;

/**
 * Runs one program of the test run with its output in a file.
 *
 * @param options.logFile where the output goes
 * @param options.timeoutMs after which it is ended; that counts as a failure
 * @returns exit code (1 when it was ended by a signal), whether it ran out of time, and the milliseconds it took
 */
export function runLogged(args, { cwd, env, logFile, timeoutMs, graceMs = GRACE_MS }) {
  const begin = Date.now();
  const log = createWriteStream(logFile, { mode: 0o600 });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const timers = [];
    const after = (ms, work) => timers.push(setTimeout(work, ms));
    let timedOut = false;
    after(timeoutMs, () => {
      timedOut = true;
      log.write(`\nended after ${timeoutMs / 1000} s\n`);
      child.kill('SIGTERM');
      after(graceMs, () => child.kill('SIGKILL'));
    });
    child.once('error', (error) => log.write(`${error.stack}\n`));
    // A process that outlives it holds its output open: that must not hold up the run.
    child.once('exit', () =>
      after(graceMs, () => {
        child.stdout.destroy();
        child.stderr.destroy();
      }),
    );
    child.once('close', (code) => {
      for (const timer of timers) clearTimeout(timer);
      log.end(() => resolve({ code: code ?? 1, timedOut, ms: Date.now() - begin }));
    });
  });
}

/** The end of a log, for the terminal. */
export function tailOf(logFile, lines = 60) {
  const text = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return text
    .slice(-lines)
    .map((line) => `    ${line.slice(0, 400)}`)
    .join('\n');
}
