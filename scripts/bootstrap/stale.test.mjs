import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { whenStale } from './stale.mjs';

let root;
let lock;
let stamp;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pitwall-stale-'));
  mkdirSync(join(root, 'node_modules'));
  lock = join(root, 'node_modules', '.pitwall-build.lock');
  stamp = undefined;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function buildOnce(work = async () => {}) {
  return whenStale(root, {
    wanted: () => 'new',
    built: () => stamp,
    build: async (hash) => {
      await work();
      stamp = hash;
    },
  });
}

test('of two starts at once one builds and the other waits for it', async () => {
  const builds = [];
  const begin = (name) => buildOnce(async () => builds.push(name));
  await Promise.all([begin('first'), begin('second')]);
  expect(builds).toHaveLength(1);
  expect(existsSync(lock)).toBe(false);
});

test.each([
  ['names a process that is another by now', String(process.ppid)],
  ['was cut off before its process was written', ''],
])('a lock that nobody has touched for a while and that %s holds up no start', async (_case, content) => {
  writeFileSync(lock, content);
  const before = new Date(Date.now() - 120_000);
  utimesSync(lock, before, before);
  await buildOnce();
  expect(stamp).toBe('new');
});

test('a build that is under way keeps its lock', async () => {
  writeFileSync(lock, String(process.ppid));
  let done = false;
  const waiting = buildOnce(async () => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toBe(false);
  rmSync(lock);
  await waiting;
  expect(done).toBe(true);
});
