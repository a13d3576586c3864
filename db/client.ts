import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as relations from './relations.ts';
import * as agents from './schema/agents.ts';
import * as alerts from './schema/alerts.ts';
import * as apiKeys from './schema/api-keys.ts';
import * as audit from './schema/audit.ts';
import * as deployments from './schema/deployments.ts';
import * as members from './schema/members.ts';

const schema = { ...relations, ...agents, ...alerts, ...apiKeys, ...audit, ...deployments, ...members };

/** The control plane's database: Drizzle over postgres.js. Points and spans never go through it. */
export type Db = PostgresJsDatabase<typeof schema>;
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];
/** Where a read may run: in or outside a transaction. */
export type Reader = Db | Tx;

export interface DbHandle {
  db: Db;
  sql: postgres.Sql;
  close(): Promise<void>;
}

/**
 * Whether an error is postgres.js 3.4 writing to a connection whose server has gone (porsager/postgres#1208):
 * it throws from a timer of its own, after the query was already rejected, so nobody could catch it.
 */
function isWriteToLostConnection(error: unknown): boolean {
  return error instanceof TypeError && /\bnextWrite\b/.test(error.stack ?? '');
}

let outlives = false;

/** Keeps a restart of the database from ending this process; every other uncaught error still does. */
function outliveLostConnections(): void {
  if (outlives) return;
  outlives = true;
  process.on('uncaughtException', (error) => {
    if (!isWriteToLostConnection(error)) throw error;
  });
}

/** Opens a pool of at most `max` connections. Idle connections close after 60 s. */
export function openDb(url: string, max = 10): DbHandle {
  outliveLostConnections();
  const client = postgres(url, { max, idle_timeout: 60, connect_timeout: 10, onnotice: () => {} });
  return { db: drizzle(client, { schema }), sql: client, close: () => client.end({ timeout: 5 }) };
}
