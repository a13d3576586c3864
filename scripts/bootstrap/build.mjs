import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { delay, isAlive } from '../engines/files.mjs';
import { StartError, step } from './progress.mjs';

const FOLDERS = ['app', 'components', 'lib', 'db', 'docs', 'public'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'proxy.ts', 'instrumentation.ts'];
const isTest = (name) => /\.test\.tsx?$/.test(name);

function addFolder(hash, folder) {
  if (!existsSync(folder)) return;
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(hash, path);
    else if (entry.isFile() && !isTest(entry.name)) hash.update(path).update('\0').update(readFileSync(path));
  }
}

/** A hash over everything that the production build is made of. */
function sourceHash(root) {
  const hash = createHash('sha256').update(process.version);
  for (const folder of FOLDERS) addFolder(hash, join(root, folder));
  const configs = readdirSync(root).filter((name) => /^(next|postcss)\.config\./.test(name));
  for (const name of [...configs.sort(), ...FILES]) {
    const path = join(root, name);
    if (existsSync(path)) hash.update(name).update('\0').update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Whether the last build was made from these sources and was finished. */
function buildIsFresh(root, hash = sourceHash(root)) {
  const stamp = join(root, '.next', 'pitwall-build');
  if (!existsSync(join(root, '.next', 'BUILD_ID')) || !existsSync(stamp)) return false;
  return readFileSync(stamp, 'utf8') === hash;
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

function runBuild(root, env, signal) {
  return new Promise((resolve, reject) => {
    const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
    const child = spawn(process.execPath, [next, 'build'], {
      cwd: root,
      env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new StartError(`The build failed:\n${output.trim().split('\n').slice(-60).join('\n')}`));
    });
  });
}

/** Builds the web console when its sources changed since the last build. */
export async function buildWhenStale(root, env, signal) {
  if (buildIsFresh(root)) return;
  await locked(root, async () => {
    const hash = sourceHash(root);
    if (buildIsFresh(root, hash)) return;
    await step('Building the console', () => runBuild(root, env, signal));
    writeFileSync(join(root, '.next', 'pitwall-build'), hash);
  });
}
