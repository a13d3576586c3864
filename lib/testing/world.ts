/**
 * Testing: the ground that integration tests stand on. A world is a database of its own on a real
 * PostgreSQL and a number of its own on a real Redis. Only tests import this room.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { type Db, openDb } from '#db/client.ts';

export interface World {
  /** Connection of the owner role: migrations, partitions. */
  ownerUrl: string;
  /** Connection of the app role: what the product itself uses. */
  appUrl: string;
  /** A Redis database of this world; channels are shared by all worlds, so name them by team id. */
  redisUrl: string;
  /** Drizzle as the app role. */
  db: Db;
  /** postgres.js as the app role. */
  sql: postgres.Sql;
  /** postgres.js as the owner role: to look behind the product's back. */
  ownerSql: postgres.Sql;
  close(): Promise<void>;
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** The clone belongs to the owner role as its template does: only so may it make partitions. */
async function cloneTemplate(superuserUrl: string, ownerUrl: string, database: string): Promise<void> {
  const { pathname, username } = new URL(ownerUrl);
  const template = pathname.slice(1);
  const admin = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  try {
    await admin`create database ${admin(database)} template ${admin(template)} owner ${admin(username)} strategy file_copy`;
  } finally {
    await admin.end();
  }
}

async function dropDatabase(superuserUrl: string, database: string): Promise<void> {
  const admin = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  try {
    await admin`drop database if exists ${admin(database)} with (force)`;
  } finally {
    await admin.end();
  }
}

function redisOf(url: string | null): string {
  if (!url) throw new Error('This test needs a Redis: install redis-server or valkey-server.');
  return url.replace(/\/0$/, `/${randomInt(1, 4096)}`);
}

/** Makes a database from the migrated template; one for a test file is the custom. */
export async function createWorld(): Promise<World> {
  const engines = inject('engines');
  const database = `world_${randomBytes(6).toString('hex')}`;
  await cloneTemplate(engines.superuserUrl, engines.ownerUrl, database);
  const appUrl = withDatabase(engines.appUrl, database);
  const ownerUrl = withDatabase(engines.ownerUrl, database);
  const app = openDb(appUrl);
  const ownerSql = postgres(ownerUrl, { max: 2, onnotice: () => {} });
  // A receiver that was never down: silence counts. A test of outages says otherwise.
  await ownerSql`insert into receptions (id, from_at, to_at) values (${randomUUID()}, '2000-01-01Z', '2100-01-01Z')`;
  return {
    appUrl,
    ownerUrl,
    get redisUrl() {
      return redisOf(engines.redisUrl);
    },
    db: app.db,
    sql: app.sql,
    ownerSql,
    close: async () => {
      await Promise.all([app.close(), ownerSql.end({ timeout: 5 })]);
      await dropDatabase(engines.superuserUrl, database);
    },
  };
}
