import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { delay, isAlive } from '../engines/files.mjs';
import { say } from './progress.mjs';

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

/** While it builds, a process touches its lock this often; one that was not touched for longer is nobody's. */
const TOUCH_MS = 5000;
const ABANDONED_MS = 60_000;
/** A wait that takes longer than this is said. */
const SILENT_MS = 3000;

/**
 * The process that holds a lock: its id, 0 while it is not written yet; null when nobody does. A number alone proves
 * nothing: after a power loss, and in a container at every start, it may be another process's.
 */
function holderOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    const touchedAgoMs = Math.abs(Date.now() - statSync(file).mtimeMs);
    return touchedAgoMs > ABANDONED_MS || (pid > 0 && !isAlive(pid)) ? null : pid;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return null;
  }
}

async function takeLock(file) {
  const begin = Date.now();
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = holderOf(file);
    if (holder === null) rmSync(file, { force: true });
    else {
      if (!told && Date.now() - begin > SILENT_MS) {
        told = true;
        say(`Waiting for the build of another start${holder > 0 ? ` (process ${holder})` : ''}`);
      }
      await delay(200);
    }
  }
}

/** One build at a time in a clone: a second start waits for the first one's. */
async function locked(root, work) {
  const file = join(root, 'node_modules', '.pitwall-build.lock');
  await takeLock(file);
  const touching = setInterval(() => {
    if (existsSync(file)) utimesSync(file, new Date(), new Date());
  }, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touching);
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
