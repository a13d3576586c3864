import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { goneWithin, isAlive, sha256 } from './files.mjs';
import { startPostgres } from './postgres.mjs';

let parent;
const servers = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'pitwall-postgres-'));
  chmodSync(parent, 0o700);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(3000);
  rmSync(parent, { recursive: true, force: true });
});

async function start(options = {}) {
  const server = await startPostgres({ dir: join(parent, 'postgres'), ...options });
  servers.push(server);
  return server;
}

async function query(url, text) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return (await sql.unsafe(text)).map((row) => Object.values(row)[0]);
  } finally {
    await sql.end();
  }
}

test('below a directory that only its owner may enter, PostgreSQL 18 starts durable and keeps its data', async () => {
  const first = await start();
  await query(first.ownerUrl, 'create table kept (n int); insert into kept values (7)');
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  const second = await start({ port: first.port });
  expect(await query(second.ownerUrl, 'select n from kept')).toEqual([7]);
  expect(
    await query(second.appUrl, "select current_setting('fsync') || current_setting('synchronous_commit')"),
  ).toEqual(['onon']);
  expect((await query(second.appUrl, 'show server_version'))[0]).toMatch(/^18\./);
  expect(statSync(join(parent, 'postgres', 'credentials.json')).mode & 0o777).toBe(0o600);
}, 120_000);

test('a server killed with SIGKILL leaves committed rows, and the next start works', async () => {
  const first = await start();
  await query(first.ownerUrl, 'create table kept (n int); insert into kept values (8)');
  process.kill(first.pid, 'SIGKILL');
  await goneWithin(first.pid, 5000);
  expect(existsSync(join(parent, 'postgres', 'data', 'postmaster.pid'))).toBe(true);
  const second = await start();
  expect(await query(second.ownerUrl, 'select n from kept')).toEqual([8]);
}, 120_000);

test('security U5: what a statement makes PostgreSQL log forges no line of it and steers no terminal', async () => {
  const server = await start();
  const forged = '1999-01-01 00:00:00.000 UTC [1] forged';
  const hostile = `select 'a\u001b[2J\u009b31m\r${forged}\n${forged}' from nowhere`;
  await expect(query(server.appUrl, hostile)).rejects.toThrow('nowhere');
  const log = () => readFileSync(join(parent, 'postgres', 'server.log'), 'utf8');
  await vi.waitFor(() => expect(log()).toContain(`a\\u001b[2J\\u009b31m\\u000d${forged}\n\t${forged}`));
  expect(log().replaceAll(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
  expect(log()).not.toMatch(/^1999/m);
}, 120_000);

test('a pid file whose number went to another program does not keep the server from starting', async () => {
  const first = await start();
  await first.stop();
  const data = join(parent, 'postgres', 'data');
  writeFileSync(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1\n5432\n\n127.0.0.1\n`);
  const second = await start();
  expect(await query(second.ownerUrl, 'select 1')).toEqual([1]);
  expect(isAlive(process.pid)).toBe(true);
}, 120_000);

test('the server of a killed supervisor is ended before its data is opened again', async () => {
  const orphan = await start();
  const next = await start();
  expect(isAlive(orphan.pid)).toBe(false);
  expect(await query(next.appUrl, 'select 1')).toEqual([1]);
}, 120_000);

test.runIf(process.getuid?.() === 0)(
  'root without user namespaces runs it as a system user and says where',
  async () => {
    const dir = join(parent, 'postgres');
    const home = join('/var/lib/pitwall', sha256(dir).slice(0, 12));
    try {
      const server = await start({ isolation: 'system-user' });
      expect(server.note).toContain(home);
      expect(await query(server.appUrl, 'select 1')).toEqual([1]);
      await server.stop();
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  },
  60_000,
);
