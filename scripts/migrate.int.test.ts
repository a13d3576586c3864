import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { migrate } from './migrate.mjs';

const engines = inject('engines');
const database = `empty_${randomBytes(6).toString('hex')}`;
let ownerUrl: string;
let appUrl: string;

function inDatabase(url: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function withSql<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

const asAdmin = (text: string) => withSql(engines.superuserUrl, (sql) => sql.unsafe(text));

beforeEach(async () => {
  [ownerUrl, appUrl] = [inDatabase(engines.ownerUrl), inDatabase(engines.appUrl)];
  await asAdmin(`create database ${database} owner ${new URL(ownerUrl).username}`);
});
afterEach(() => asAdmin(`drop database ${database} with (force)`));

test('starts that migrate an empty database at the same time wait for each other and apply all once', async () => {
  await Promise.all([1, 2, 3].map(() => migrate({ ownerUrl, appUrl })));
  const [counts] = await withSql(
    ownerUrl,
    (sql) =>
      sql`select count(*)::int as rows, count(distinct hash)::int as hashes from drizzle.__drizzle_migrations`,
  );
  expect(counts?.rows).toBeGreaterThan(0);
  expect(counts?.rows).toBe(counts?.hashes);
});

test('the app role reads and writes what the owner makes, later tables included, and owns nothing', async () => {
  await migrate({ ownerUrl, appUrl });
  await withSql(ownerUrl, (sql) => sql`create table made_later (n int)`);
  await withSql(appUrl, async (sql) => {
    await sql`insert into made_later values (1)`;
    expect(await sql`select * from teams`).toEqual([]);
    for (const forbidden of [
      'truncate teams',
      'drop table teams',
      'create table x (n int)',
      'delete from audit_log',
    ]) {
      await expect(sql.unsafe(forbidden)).rejects.toThrow(/permission denied|must be owner/);
    }
  });
});

test('one role for everything is migrated too', async () => {
  await migrate({ ownerUrl });
  expect(await withSql(ownerUrl, (sql) => sql`select * from teams`)).toEqual([]);
});
