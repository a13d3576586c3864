import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runLogged } from './command.mjs';

const dir = mkdtempSync(join(tmpdir(), 'pitwall-command-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a program of one line. */
async function run(program, timeoutMs) {
  const logFile = join(dir, 'step.log');
  const options = { cwd: dir, env: process.env, logFile, timeoutMs, graceMs: 200 };
  return { ...(await runLogged(['-e', program], options)), log: readFileSync(logFile, 'utf8') };
}

test('a step that ends in time gives its exit code and leaves its output in the log', async () => {
  expect(await run('console.log("said"); process.exit(3)', 5000)).toMatchObject({
    ...{ code: 3, timedOut: false, log: 'said\n' },
  });
});

test('a step that takes too long is ended and says so, though it ignores the signal or ends well upon it', async () => {
  const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
  expect(await run(stubborn, 500)).toMatchObject({
    code: 1,
    timedOut: true,
    log: expect.stringContaining('ended after 0.5 s'),
  });
  const polite = 'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000)';
  expect(await run(polite, 500)).toMatchObject({ code: 0, timedOut: true });
});

test('a process that outlives its step and keeps its output open does not hold up the run', async () => {
  const orphan = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 5000)'], {
    stdio: 'inherit', detached: true }).unref(); process.exit(0)`;
  const { code, ms } = await run(orphan, 5000);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(4000);
});
