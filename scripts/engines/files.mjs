/**
 * Engines: the private PostgreSQL and Redis that the start script and the tests run. Node 20 syntax,
 * no import of the product's TypeScript.
 *
 * This file holds small file and port helpers of the engines.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** A random password that needs no escaping in a URL, an SQL literal or a configuration file. */
export function randomPassword() {
  return randomBytes(24).toString('hex');
}

/** Makes a directory that only its owner may enter. */
export function privateDirectory(path) {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivate(path, text) {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

/** The parsed content of a JSON file, or undefined when there is none or it is cut off. */
export function readJson(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Moves a log that has grown above a limit to `<path>.1`, over the one before. */
export function rotateLog(path, limitBytes = 10_000_000) {
  if (existsSync(path) && statSync(path).size > limitBytes) renameSync(path, `${path}.1`);
}

/** Whether nothing listens on a port of the host. */
export function portIsFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * A port of loopback that was free a moment ago; `preferred` when it still is. It lies below the ports
 * that systems give to outgoing connections: there a client that waits for a restarting server could be
 * given the server's own port, and would keep it from coming back.
 */
export async function freePort(preferred) {
  if (preferred && (await portIsFree(preferred))) return preferred;
  for (;;) {
    const port = randomInt(15_000, 32_000);
    if (await portIsFree(port)) return port;
  }
}

/** Whether a process has ended and only waits to be collected; in a container nobody may ever do it. */
function isZombie(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

/** Whether a process of this id is running. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The command line of a process, empty when it is gone or the system does not tell. */
export function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ');
  } catch {
    return '';
  }
}

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

export const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves true when the process is gone, false after `timeoutMs`. */
export async function goneWithin(pid, timeoutMs) {
  const end = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await delay(50);
  }
  return true;
}
