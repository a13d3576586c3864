import { openDb } from '#db/client.ts';
import { createHeadLines } from '#lib/audit/head-line.ts';
import { type LedgerReport, verifyLedgers } from '#lib/audit/verify-ledgers.ts';

/** Heads that were kept outside of the database, and the secret that they were signed with. */
export interface KeptHeads {
  lines: readonly string[];
  secret: string;
}

/**
 * Verifies every ledger of a database and changes nothing in it.
 *
 * @returns also how many of the kept lines this installation did not sign; these count for nothing
 */
export async function verifyAudit(
  databaseUrl: string,
  kept: KeptHeads | null = null,
): Promise<LedgerReport & { strangeLines: number }> {
  const { db, close } = openDb(databaseUrl, 1);
  try {
    const read = kept === null ? [] : kept.lines.map(createHeadLines(kept.secret).read);
    const heads = read.filter((head) => head !== null);
    const report = await verifyLedgers(db, undefined, heads);
    return { ...report, strangeLines: read.length - heads.length };
  } finally {
    await close();
  }
}
