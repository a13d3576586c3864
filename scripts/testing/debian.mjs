import { execFileSync, spawnSync } from 'node:child_process';
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

function mayInstall() {
  return process.getuid?.() === 0 && !process.env.PITWALL_NO_APT && findProgram(['apt-get']) !== undefined;
}

function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: 'ignore', timeout: 300_000 };
  // No service of the package may start: the tests run servers of their own.
  const args = [
    'install',
    '-y',
    '--no-install-recommends',
    '-o',
    'Dpkg::Options::=--force-confold',
    ...packages,
  ];
  if (spawnSync('apt-get', args, options).status === 0) return;
  execFileSync('apt-get', ['update'], options);
  execFileSync('apt-get', args, options);
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
      await step(`Installing ${packages.join(' and ')} from Debian`, async () => aptInstall(packages));
    } catch (error) {
      say(`Debian did not give ${packages.join(' and ')}: ${error.message}`);
    }
  }
  const [redis, chromium] = WANTED.map(({ programs }) => findProgram(programs));
  const missing = absent().map(
    ({ what, programs }) => `${what} is missing (none of ${programs.join(', ')} on the PATH)`,
  );
  return { redis, chromium, missing };
}
