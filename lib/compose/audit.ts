import { openDb } from '#db/client.ts';
import { type LedgerReport, verifyLedgers } from '#lib/audit/verify-ledgers.ts';

/** Verifies every ledger of a database and changes nothing in it. */
export async function verifyAudit(databaseUrl: string): Promise<LedgerReport> {
  const { db, close } = openDb(databaseUrl, 1);
  try {
    return await verifyLedgers(db);
  } finally {
    await close();
  }
}
