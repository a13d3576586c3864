import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import { delay, isAlive } from '../engines/files.mjs';

const isTest = (name) => /\.test\.(tsx?|mjs)$/.test(name);

function addFolder(hash, root, folder) {
  if (!existsSync(folder)) return;
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(hash, root, path);
    else if (entry.isFile() && !isTest(entry.name))
      hash.update(relative(root, path)).update('\0').update(readFileSync(path));
  }
}

/** A hash over everything that a build is made of: folders (without tests), files that exist, this Node. Equal in equal clones. */
export function sourceHash(root, { folders, files }) {
  const hash = createHash('sha256').update(process.version);
  for (const folder of folders) addFolder(hash, root, join(root, folder));
  for (const name of files) {
    const path = join(root, name);
    if (existsSync(path)) hash.update(name).update('\0').update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** One build at a time in a clone: a second start waits for the first one's. */
async function locked(root, work) {
  const file = join(root, 'node_modules', '.pitwall-build.lock');
  for (;;) {
    try {
      const lock = openSync(file, 'wx');
      writeSync(lock, String(process.pid));
      closeSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = Number(existsSync(file) ? readFileSync(file, 'utf8') : 0);
      if (owner > 0 && !isAlive(owner)) rmSync(file, { force: true });
      await delay(200);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Builds when the sources are others than those of the last finished build.
 *
 * @param wanted() the hash of the sources as they are
 * @param built() the hash that the last finished build was made from, undefined without one
 * @param build(hash) builds, and keeps the hash for `built` at its end
 */
export async function whenStale(root, { wanted, built, build }) {
  if (built() === wanted()) return;
  await locked(root, async () => {
    const hash = wanted();
    if (built() !== hash) await build(hash);
  });
}
