import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

const MIGRATIONS = join(dirname(dirname(fileURLToPath(import.meta.url))), 'db', 'migrations');
/** Any two starts on one database ask for the same lock. */
const LOCK_KEY = 7_236_501_981;

/**
 * What the app role may do with the tables that the owner makes from here on, partitions included.
 * A migration takes back what it must not do (the audit log): it finds the role's name in the
 * setting `pitwall.app_role`, empty when owner and app are one role.
 */
async function grantDefaults(sql, appRole) {
  const role = sql(appRole);
  await sql`grant usage on schema public to ${role}`;
  await sql`alter default privileges in schema public grant select, insert, update, delete on tables to ${role}`;
  await sql`alter default privileges in schema public grant usage, select on sequences to ${role}`;
}

/**
 * Brings the database to the newest migration, as its owner. Several callers at once wait for each
 * other. Nothing is applied when a migration fails: all run in one transaction.
 *
 * @param options.ownerUrl connection of the owner role
 * @param options.appUrl connection of the app role; its user gets the default grants
 */
export async function migrate({ ownerUrl, appUrl }) {
  const owner = decodeURIComponent(new URL(ownerUrl).username);
  const app = decodeURIComponent(new URL(appUrl ?? ownerUrl).username);
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(${LOCK_KEY})`;
    await sql`select set_config('pitwall.app_role', ${app === owner ? '' : app}, false)`;
    if (app && app !== owner) await grantDefaults(sql, app);
    await applyMigrations(drizzle(sql), { migrationsFolder: MIGRATIONS });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const appUrl = process.env.DATABASE_URL;
  if (!appUrl) throw new Error('Set DATABASE_URL (and DATABASE_OWNER_URL when the owner is another role).');
  await migrate({ ownerUrl: process.env.DATABASE_OWNER_URL ?? appUrl, appUrl });
  console.log('migrated');
}
