/**
 * Bootstrap: from a fresh clone to running processes. Everything up to the installation of the
 * dependencies runs on Node 20 with nothing installed.
 *
 * This file prints what the person at the terminal reads.
 */
/** Seconds with one decimal since this process began. */
export function elapsed() {
  return `${(performance.now() / 1000).toFixed(1)} s`;
}

export function say(text) {
  process.stdout.write(`[${elapsed().padStart(7)}] ${text}\n`);
}

/** Runs one step of the start: says that it began, and how long it took. */
export async function step(title, work) {
  const begin = Date.now();
  say(`${title} ...`);
  const result = await work();
  say(`${title}: done in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  return result;
}

/** A failure whose message says all that the person needs: printed without a stack. */
export class StartError extends Error {
  name = 'StartError';
}

/** Ends the process with what is wrong. */
export function fail(error) {
  const known = ['StartError', 'ConfigError'].includes(error?.name);
  process.stderr.write(`\n${known ? error.message : (error?.stack ?? String(error))}\n`);
  process.exitCode = 1;
}
