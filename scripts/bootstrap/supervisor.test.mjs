import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort, isAlive } from '../engines/files.mjs';
import { backOff } from './back-off.mjs';
import { createSupervisor } from './supervisor.mjs';

/** A process like ours: answers its ready address, and tells the id of a helper that it started. */
const SERVER = `
  const helper = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  require('node:http').createServer((_, response) => response.end(String(helper.pid))).listen(process.env.TEST_PORT);
  if (process.env.STUBBORN) process.on('SIGTERM', () => console.log('not yet'));
`;

let dir;
let supervisor;
const ended = vi.fn();

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pitwall-supervisor-'));
  ended.mockClear();
});
afterEach(async () => {
  await supervisor?.stop(500);
  rmSync(dir, { recursive: true, force: true });
});

async function spec(name, code = SERVER, env = {}) {
  const port = await freePort();
  return {
    name,
    file: process.execPath,
    args: ['-e', code],
    cwd: dir,
    env: { ...process.env, TEST_PORT: String(port), ...env },
    logFile: join(dir, `${name}.log`),
    readyUrl: `http://127.0.0.1:${port}/readyz`,
  };
}

function supervise(specs) {
  supervisor = createSupervisor(specs, { line: () => {}, started: () => {}, ended });
  supervisor.start();
  return supervisor;
}

function bodyOf(url) {
  return new Promise((resolve, reject) => {
    get(url, (response) => response.setEncoding('utf8').on('data', resolve)).once('error', reject);
  });
}

test('security U5: what a process prints forges no line of its log and steers no terminal', async () => {
  const forged = '{"level":"error","msg":"forged"}';
  const hostile = `a\u001b[2J\u009b31m\r${forged}\n`;
  const code = `process.stderr.write(${JSON.stringify(hostile)});${SERVER}`;
  const shown = [];
  const one = await spec('one', code);
  supervisor = createSupervisor([one], { line: (_, line) => shown.push(line), started: () => {}, ended });
  supervisor.start();
  await supervisor.ready();
  await supervisor.stop();
  const kept = readFileSync(one.logFile, 'utf8');
  expect(kept).toContain(`a\\u001b[2J\\u009b31m\nstderr: ${forged}\n`);
  expect(shown).toContain(`stderr: ${forged}`);
  expect(`${kept}${shown.join('')}`.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test('a process killed with SIGKILL is started again and gets ready; its neighbour keeps running', async () => {
  const running = supervise([await spec('one'), await spec('two')]);
  await running.ready();
  const before = running.pids();
  process.kill(before.one, 'SIGKILL');
  await vi.waitFor(() => expect(ended).toHaveBeenCalledWith('one', 'SIGKILL', 250), { timeout: 5000 });
  await vi.waitFor(() => expect(running.pids().one).toBeDefined(), { timeout: 5000 });
  await running.ready();
  expect(running.pids().one).not.toBe(before.one);
  expect(running.pids().two).toBe(before.two);
}, 20_000);

test('stop ends every process and what it had started, also one that ignores SIGTERM', async () => {
  const stubborn = await spec('stubborn', SERVER, { STUBBORN: '1' });
  const running = supervise([await spec('polite'), stubborn]);
  await running.ready();
  const helper = Number(await bodyOf(stubborn.readyUrl));
  const pids = [...Object.values(running.pids()), helper];
  expect(pids.map(isAlive)).toEqual([true, true, true]);
  await running.stop(500);
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false, false]));
  expect(ended).not.toHaveBeenCalled();
  expect(readFileSync(stubborn.logFile, 'utf8')).toContain('not yet');
}, 20_000);

test('a process that ends again and again before it was ready fails the start and names its log', async () => {
  const broken = await spec('broken', 'process.exit(3)');
  const running = supervise([broken]);
  await expect(running.ready()).rejects.toThrow(`The broken process ended 4 times: see ${broken.logFile}`);
  expect(ended.mock.calls.map(([, how, waitMs]) => [how, waitMs])).toEqual(
    [250, 500, 1000, 2000].map((waitMs) => ['exit code 3', waitMs]),
  );
}, 20_000);

test('the back-off doubles to half a minute and begins anew after a stable minute', () => {
  const waits = [];
  let failures = 0;
  for (let i = 0; i < 10; i++) {
    const next = backOff(failures, 1000);
    failures = next.failures;
    waits.push(next.waitMs);
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect(backOff(failures, 60_000)).toEqual({ failures: 1, waitMs: 250 });
});
