import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../scripts/engines/postgres.mjs';
import { findRedis, startRedis } from '../../scripts/engines/redis.mjs';
import { migrate } from '../../scripts/migrate.mjs';

/** The servers of one test run, as the tests see them. */
export interface Engines {
  superuserUrl: string;
  ownerUrl: string;
  appUrl: string;
  /** Null where the machine has no redis-server: tests that need one fail and say so. */
  redisUrl: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    engines: Engines;
  }
}

interface Running {
  engines: Engines;
  users: number;
  stop(): Promise<void>;
}

/** One set of servers for all projects of a run: each project loads this file anew. */
const shared = globalThis as typeof globalThis & { pitwallEngines?: Promise<Running> };

/** The migrated database becomes a template: no connections, so that it can be cloned at any time. */
async function freezeTemplate(superuserUrl: string, database: string): Promise<void> {
  const sql = postgres(superuserUrl, { max: 1 });
  await sql`alter database ${sql(database)} with allow_connections false is_template true`;
  await sql.end();
}

async function startEngines(): Promise<Running> {
  const dir = mkdtempSync(join(tmpdir(), 'pitwall-test-'));
  const [server, redis] = await Promise.all([
    startPostgres({ dir: join(dir, 'postgres'), durable: false }),
    findRedis() ? startRedis({ dir: join(dir, 'redis') }) : undefined,
  ]);
  await migrate({ ownerUrl: server.ownerUrl, appUrl: server.appUrl });
  await freezeTemplate(server.superuserUrl, new URL(server.ownerUrl).pathname.slice(1));
  const { superuserUrl, ownerUrl, appUrl } = server;
  return {
    engines: { superuserUrl, ownerUrl, appUrl, redisUrl: redis?.url ?? null },
    users: 0,
    stop: async () => {
      await Promise.all([server.stop(5000), redis?.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Starts one embedded PostgreSQL and one Redis in a directory of their own, before the first test. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.pitwallEngines ??= startEngines();
  const running = await shared.pitwallEngines;
  running.users += 1;
  project.provide('engines', running.engines);
  return async () => {
    running.users -= 1;
    if (running.users > 0) return;
    shared.pitwallEngines = undefined;
    await running.stop();
  };
}
