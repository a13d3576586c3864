import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, goneWithin, isAlive, readJson, writePrivate } from '../engines/files.mjs';
import { StartError, say } from './progress.mjs';

const fileOf = (dataDir) => join(dataDir, 'run.json');

/** The environment that a process was started with, empty when it is gone or the system does not tell. */
function environmentOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Whether a recorded process is still the one that was recorded, and not a later user of its number.
 * The marker stands in its command line, or in its environment (Next changes its command line).
 */
function isStill({ pid, marker }) {
  return (
    pid > 0 && isAlive(pid) && (commandLine(pid).includes(marker) || environmentOf(pid).includes(marker))
  );
}

/**
 * Takes the data directory for this start. What a killed supervisor left running is ended first.
 *
 * @throws StartError when another start runs on the same directory
 */
export async function claimDataDirectory(dataDir) {
  const earlier = readJson(fileOf(dataDir));
  if (earlier && earlier.supervisor.pid !== process.pid && isStill(earlier.supervisor)) {
    throw new StartError(
      `Pitwall already runs from ${dataDir} (process ${earlier.supervisor.pid}): stop it, or set DATA_DIR to another directory.`,
    );
  }
  const orphans = Object.values(earlier?.children ?? {}).filter(isStill);
  if (orphans.length > 0) say(`Ending ${orphans.length} processes that an earlier start left behind`);
  for (const { pid } of orphans) process.kill(pid, 'SIGTERM');
  for (const { pid } of orphans) {
    if (!(await goneWithin(pid, 10_000))) process.kill(pid, 'SIGKILL');
  }
  recordProcesses(dataDir, {});
}

/** Writes down which processes belong to this start. `children` maps a name to { pid, marker }. */
export function recordProcesses(dataDir, children) {
  const supervisor = { pid: process.pid, marker: process.argv[1] ?? 'start.mjs' };
  writePrivate(fileOf(dataDir), `${JSON.stringify({ supervisor, children }, null, 2)}\n`);
}

export function forgetProcesses(dataDir) {
  rmSync(fileOf(dataDir), { force: true });
}
