import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, sha256 } from '../engines/files.mjs';
import { runNpm } from './npm.mjs';
import { step } from './progress.mjs';

/** Whether what stands in node_modules is what the lock file asks for (installed by hand, say). */
function matchesLock(root) {
  const lock = readJson(join(root, 'package-lock.json'))?.packages;
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!lock || !installed) return false;
  return Object.entries(lock).every(([path, entry]) => {
    if (path === '') return true;
    if (!installed[path]) return Boolean(entry.optional || entry.devOptional || entry.peer);
    return installed[path].version === entry.version;
  });
}

/**
 * Installs the dependencies of the lock file when node_modules holds others or none. A stamp with
 * the lock's hash makes the next start skip it.
 */
export async function installDependencies(root, fallbackHome) {
  const stamp = join(root, 'node_modules', '.pitwall-install');
  const wanted = sha256(
    `${process.platform} ${process.arch} ${readFileSync(join(root, 'package-lock.json'))}`,
  );
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!matchesLock(root)) {
    await step('Installing dependencies', () => runNpm(['ci', '--include=dev'], { cwd: root, fallbackHome }));
  }
  writeFileSync(stamp, wanted);
}
