import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say, step } from '../bootstrap/progress.mjs';

const WANTED = [
  { what: 'Redis', programs: ['redis-server', 'valkey-server'], debian: 'redis-server' },
  { what: 'Chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
];

/** The full path of the first of these programs that the PATH has. */
export function findProgram(names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'].filter(
    Boolean,
  );
  for (const name of names) {
    for (const folder of folders) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // not in this folder
      }
    }
  }
  return undefined;
}

const APT_MS = 300_000;
/** Chromium without its windows, which does the work of most journeys for less: installed where it can be, never missed. */
export const HEADLESS_SHELL = 'chromium-headless-shell';

function mayInstall() {
  return process.getuid?.() === 0 && !process.env.PITWALL_NO_APT && findProgram(['apt-get']) !== undefined;
}

function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { env, stdio: 'ignore', timeout: APT_MS }).status === 0;
}

function aptInstall(packages) {
  // No service of the package may start: the tests run servers of their own.
  const waits = ['-o', 'Acquire::http::Timeout=15', '-o', 'Acquire::Retries=1'];
  const options = ['-y', '--no-install-recommends', '--no-remove', '-o', 'Dpkg::Options::=--force-confold'];
  return aptGet(['install', ...options, ...waits, ...packages]);
}

/** Brings the lists of packages up to date where the first try does not find what is wanted. */
function aptInstallOrUpdate(packages) {
  if (aptInstall(packages)) return;
  if (!aptGet(['update']) || !aptInstall(packages)) throw new Error('apt-get failed');
}

/** One try without an update of the lists: the journeys run without it as well. */
async function installHeadlessShell() {
  if (findProgram([HEADLESS_SHELL]) !== undefined || !mayInstall()) return;
  await step(`Installing ${HEADLESS_SHELL} from Debian`, async () => aptInstall([HEADLESS_SHELL]));
}

/**
 * Finds what the tests need beside npm, and installs it from Debian where that is allowed (root with
 * apt-get, unless PITWALL_NO_APT is set).
 *
 * @returns redis, chromium: paths or undefined; missing: sentences on what is not there
 */
export async function outsidePrograms() {
  const absent = () => WANTED.filter(({ programs }) => findProgram(programs) === undefined);
  const packages = absent().map(({ debian }) => debian);
  if (packages.length > 0 && mayInstall()) {
    try {
      await step(`Installing ${packages.join(' and ')} from Debian`, async () =>
        aptInstallOrUpdate(packages),
      );
    } catch (error) {
      say(`Debian did not give ${packages.join(' and ')}: ${error.message}`);
    }
  }
  await installHeadlessShell();
  const [redis, chromium] = WANTED.map(({ programs }) => findProgram(programs));
  const missing = absent().map(
    ({ what, programs }) => `${what} is missing (none of ${programs.join(', ')} on the PATH)`,
  );
  return { redis, chromium, missing };
}
