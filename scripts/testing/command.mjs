import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';

/**
 * Runs one program of the test run with its output in a file.
 *
 * @param options.logFile where the output goes
 * @param options.timeoutMs after which it is ended; that counts as a failure
 * @returns exit code (1 when it was ended by a signal) and the milliseconds it took
 */
export function runLogged(args, { cwd, env, logFile, timeoutMs }) {
  const begin = Date.now();
  const log = createWriteStream(logFile, { mode: 0o600 });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const timer = setTimeout(() => {
      log.write(`\nended after ${timeoutMs / 1000} s\n`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    }, timeoutMs);
    child.once('error', (error) => log.write(`${error.stack}\n`));
    child.once('close', (code) => {
      clearTimeout(timer);
      log.end(() => resolve({ code: code ?? 1, ms: Date.now() - begin }));
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
