import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requireFreePorts } from './ports.mjs';
import { claimDataDirectory, recordProcesses } from './run-file.mjs';
import { ROOT } from './runtime.mjs';

let dir;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pitwall-start-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function start(env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs')], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: join(dir, 'data'), ...env },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.once('close', (code) => resolve({ code, output }));
  });
}

test('a wrong configuration stops the start with everything that is wrong, before anything is started', async () => {
  const { code, output } = await start({ PORT: 'eighty', LOG_LEVEL: 'loud', TLS_CERT: '/none.pem' });
  expect(code).toBe(1);
  expect(output.match(/^ {2}([A-Z_]+):/gm)).toEqual(['  PORT:', '  LOG_LEVEL:', '  TLS_KEY:']);
  expect(existsSync(join(dir, 'data'))).toBe(false);
}, 90_000);

test('security A2: production does not start without its secrets and addresses', async () => {
  const { code, output } = await start({ PITWALL_ENV: 'production' });
  expect(code).toBe(1);
  expect(output.match(/^ {2}([A-Z_]+):/gm)).toEqual([
    '  SECRET_KEY:',
    '  SERVER_ACTIONS_KEY:',
    '  APP_URL:',
    '  DATABASE_URL:',
  ]);
}, 90_000);

test('ports in use, or asked for twice, are named together with the variables that move them', async () => {
  const busy = createServer();
  await new Promise((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const { port } = busy.address();
  const ports = [
    { variable: 'PORT', port, host: '127.0.0.1' },
    { variable: 'WORKER_PORT', port, host: '127.0.0.1' },
  ];
  await expect(requireFreePorts(ports)).rejects.toThrow(
    `Port ${port} is in use: stop what listens there, or set PORT to another one.\nPort ${port} is asked for twice: by PORT and by WORKER_PORT.`,
  );
  await new Promise((resolve) => busy.close(resolve));
  await expect(requireFreePorts(ports.slice(0, 1))).resolves.toBeUndefined();
});

test('what a killed supervisor left running is ended; a later user of its number is left alone', async () => {
  const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    env: { ...process.env, PITWALL_RUN: 'marker-of-this-test' },
  });
  const gone = new Promise((resolve) => orphan.once('exit', (_, signal) => resolve(signal)));
  await new Promise((resolve) => orphan.once('spawn', resolve));
  recordProcesses(dir, {
    web: { pid: orphan.pid, marker: 'marker-of-this-test' },
    worker: { pid: process.pid, marker: 'a-marker-that-this-process-does-not-have' },
  });
  await claimDataDirectory(dir);
  expect(await gone).toBe('SIGTERM');
}, 90_000);
