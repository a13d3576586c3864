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

/** Opens a pool of at most `max` connections. Idle connections close after 60 s. */
export function openDb(url: string, max = 10): DbHandle {
  const client = postgres(url, { max, idle_timeout: 60, connect_timeout: 10, onnotice: () => {} });
  return { db: drizzle(client, { schema }), sql: client, close: () => client.end({ timeout: 5 }) };
}
