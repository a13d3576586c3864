import { and, asc, eq, gt } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { auditLog } from '#db/schema/audit.ts';
import { chainHash, GENESIS_HASH } from './record.ts';

/** The end of a chain; exported outside the database it also shows that the last rows were removed. */
export interface ChainHead {
  seq: number;
  /** SHA-256, hex. */
  hash: string;
}

export type ChainState =
  | { intact: true; head: ChainHead }
  | { intact: false; brokenAt: number; reason: 'gap' | 'link' | 'content' | 'cut-off' };

const BATCH = 1000;

/**
 * Walks the ledger of one team from its first row and reports the first break: a missing row, a row
 * linked to another past, or a row whose content differs from its hash (security U3).
 *
 * @param exported a head seen earlier and kept elsewhere; the chain must still contain it
 */
export async function verifyChain(db: Reader, teamId: string, exported?: ChainHead): Promise<ChainState> {
  let head: { seq: number; hash: Buffer } = { seq: 0, hash: GENESIS_HASH };
  let containsExported = exported === undefined || exported.seq === 0;
  for (;;) {
    const rows = await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.teamId, teamId), gt(auditLog.seq, head.seq)))
      .orderBy(asc(auditLog.seq))
      .limit(BATCH);
    for (const { hash, ...row } of rows) {
      if (row.seq !== head.seq + 1) return { intact: false, brokenAt: head.seq + 1, reason: 'gap' };
      if (!row.previousHash.equals(head.hash)) return { intact: false, brokenAt: row.seq, reason: 'link' };
      if (!chainHash(row).equals(hash)) return { intact: false, brokenAt: row.seq, reason: 'content' };
      head = { seq: row.seq, hash };
      if (exported?.seq === row.seq) containsExported = exported.hash === hash.toString('hex');
    }
    if (rows.length < BATCH) break;
  }
  if (!containsExported) return { intact: false, brokenAt: head.seq + 1, reason: 'cut-off' };
  return { intact: true, head: { seq: head.seq, hash: head.hash.toString('hex') } };
}
