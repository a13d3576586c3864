import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { processTree } from '#tests/bench/harness.ts';
import { takeOverBuild } from '../bootstrap/build.mjs';
import { ROOT } from '../bootstrap/runtime.mjs';
import { commandLine, isAlive } from '../engines/files.mjs';
import { spawnStart, startProduct } from '../testing/product.mjs';

/** The oldest Node that this machine has outside of the repository: the one a user would start with. */
function hostNode() {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder && !folder.startsWith(ROOT));
  const candidates = [...folders, '/usr/local/bin', '/usr/bin'].map((folder) => join(folder, 'node'));
  return candidates.find((path) => existsSync(path)) ?? process.execPath;
}

/** Copies what the repository holds (tracked, or new and not ignored) into an empty folder. */
function cloneInto(target) {
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 };
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    options,
  );
  for (const path of listed.split('\0').filter((name) => name && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    cpSync(join(ROOT, path), join(target, path));
  }
}

let parent;
let clone;
const running = [];

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'pitwall-clean-'));
  chmodSync(parent, 0o700);
  clone = join(parent, 'clone');
  cloneInto(clone);
});
afterAll(async () => {
  for (const product of running) if (product.process.exitCode === null) await product.stop();
  rmSync(parent, { recursive: true, force: true });
});

/** Starts the clone as somebody with an empty home would. */
async function start(options) {
  const home = join(parent, 'home');
  mkdirSync(home, { recursive: true });
  const env = { HOME: home, INIT_ADMIN_EMAIL: '', INIT_ADMIN_PASSWORD: '', INIT_API_KEY: '', ...options.env };
  const product = await startProduct({ root: clone, node: hostNode(), ...options, env });
  running.push(product);
  return product;
}

/** Ids of the processes that a start wrote down. */
function recorded(dataDir) {
  const file = readdirSync(dataDir).includes('run.json')
    ? readFileSync(join(dataDir, 'run.json'), 'utf8')
    : '{}';
  return Object.entries(JSON.parse(file).children ?? {});
}

test('a clean clone below a 0700 directory starts with an empty home, twice, and beside another instance', async () => {
  const dataDir = join(parent, 'data');
  const first = await start({ dataDir });
  expect(first.ready).toMatch(/console http:\/\/localhost:\d+ {2}.*bus (redis|embedded) {2}store postgresql/);
  await vi.waitFor(() =>
    expect(first.output.text).toMatch(/first admin with this link .*\n {2}http:\/\/localhost:\d+\/setup/),
  );
  const processes = recorded(dataDir);
  expect(processes.map(([name]) => name)).toEqual(
    expect.arrayContaining(['web', 'realtime', 'ingest', 'worker']),
  );
  expect(await first.stop({ keep: true })).toBe(0);
  expect(processes.filter(([, { pid }]) => isAlive(pid))).toEqual([]);
  // The journeys need a console of the same sources, and a build is a tenth of the whole run.
  takeOverBuild(clone, ROOT);

  const [second, beside] = [await start({ dataDir }), await start({ dataDir: join(parent, 'other') })];
  console.log(`first start ${first.readyMs} ms, second start ${second.readyMs} ms`);
  expect(second.output.text).not.toMatch(/Installing|Building|Getting Node/);
  expect((await fetch(`${beside.url}/healthz`)).status).toBe(200);
  await expect(start({ dataDir })).rejects.toThrow(/already runs from/);
}, 600_000);

test('a killed process of the product is started again, and Ctrl-C still ends everything', async () => {
  const product = running.find((one) => one.process.exitCode === null) ?? (await start({}));
  const [, ingest] = recorded(product.dataDir).find(([name]) => name === 'ingest');
  process.kill(ingest.pid, 'SIGKILL');
  await vi.waitFor(() => expect(product.output.text).toMatch(/ingest ended \(SIGKILL\)/), {
    timeout: 10_000,
  });
  await vi.waitFor(async () => expect((await fetch(`${product.otlpHttpUrl}/readyz`)).status).toBe(200), {
    timeout: 30_000,
    interval: 200,
  });
  const processes = recorded(product.dataDir);
  expect(await product.stop()).toBe(0);
  expect(processes.filter(([, { pid }]) => isAlive(pid))).toEqual([]);
}, 120_000);

const direct = [hostNode()];
/** As npm runs it: the shell between them stays. */
const inShell = ['/bin/sh', '-c', '"$0" "$@"; exit $?', hostNode()];
const closeOutput = (child) => {
  child.stdout.destroy();
  child.stderr.destroy();
};

test.each([
  ['SIGTERM', direct, (child) => child.kill('SIGTERM')],
  ['SIGKILL of what started it', inShell, (child) => child.kill('SIGKILL')],
  ['the end of who reads its output', direct, closeOutput],
])(
  'a start that %s breaks off in its build leaves no engine and no build running',
  async (_, command, breakOff) => {
    rmSync(join(clone, '.next', 'pitwall-build'), { force: true });
    const { child, output } = await spawnStart({ root: clone, dataDir: join(parent, 'data'), command });
    onTestFinished(() => {
      child.kill('SIGTERM');
    });
    await vi.waitFor(() => expect(output.text).toMatch(/Building the console: /), { timeout: 60_000 });
    const tree = processTree(child.pid).map((pid) => [pid, commandLine(pid)]);
    const programs = tree.map(([, line]) => line);
    expect(programs).toContainEqual(expect.stringMatching(/bin\/postgres/));
    expect(programs).toContainEqual(expect.stringMatching(/next.build/));
    breakOff(child);
    await vi.waitFor(() => expect(tree.filter(([pid]) => isAlive(pid))).toEqual([]), { timeout: 30_000 });
  },
  120_000,
);
