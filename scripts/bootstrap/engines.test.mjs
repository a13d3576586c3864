import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isAlive, portIsFree } from '../engines/files.mjs';
import { findRedis } from '../engines/redis.mjs';
import { startEngines } from './engines.mjs';

let dir;
let engines;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pitwall-engines-'));
});
afterEach(async () => {
  await engines?.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function one(url) {
  const sql = postgres(url, { max: 1, connect_timeout: 2 });
  try {
    return (await sql`select 1 as n`)[0].n;
  } finally {
    await sql.end();
  }
}

/** What a Redis says to one command, without knowing the password. */
function redisSays(url, command) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('data', (data) => resolve(String(data)) || socket.destroy()).once('error', reject);
  });
}

test('an embedded PostgreSQL that is killed comes back on the same address, and stop ends it for good', async () => {
  engines = await startEngines(dir, { REDIS_URL: 'redis://elsewhere' });
  expect(Object.keys(engines.env)).toEqual(['DATABASE_URL', 'DATABASE_OWNER_URL']);
  const pid = Number(readFileSync(join(dir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  await vi.waitFor(async () => expect(await one(engines.env.DATABASE_URL)).toBe(1), {
    timeout: 40_000,
    interval: 200,
  });
  await engines.stop();
  await expect(one(engines.env.DATABASE_URL)).rejects.toThrow();
}, 120_000);

test.runIf(findRedis())(
  'the private Redis listens on loopback behind a password, and ends with stop',
  async () => {
    engines = await startEngines(dir, { DATABASE_URL: 'postgres://elsewhere' });
    const { REDIS_URL } = engines.env;
    expect(Object.keys(engines.env)).toEqual(['REDIS_URL']);
    expect(new URL(REDIS_URL).hostname).toBe('127.0.0.1');
    expect(await redisSays(REDIS_URL, 'GET key')).toMatch(/NOAUTH/);
    await engines.stop();
    expect(await portIsFree(Number(new URL(REDIS_URL).port))).toBe(true);
  },
  30_000,
);
