import { sql } from 'drizzle-orm';
import type { Db, Tx } from './client.ts';

/**
 * The database's clock, the only one that alert and lease arithmetic goes by (alerting S28): the same for
 * every process, whatever their own clocks say. Inside a transaction it is the transaction's start.
 */
export async function databaseNow(db: Db | Tx): Promise<Date> {
  const [row] = await db.execute<{ ms: number }>(
    sql`select extract(epoch from alert_now())::float8 * 1000 as ms`,
  );
  return new Date(Number(row?.ms));
}
