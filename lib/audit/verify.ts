import { and, asc, eq, gt, lt } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { auditLog, auditSegments } from '#db/schema/audit.ts';
import { ARCHIVE_ACTION, chainHash, GENESIS_HASH } from './record.ts';

/** The end of a chain; exported outside the database it also shows that the last rows were removed. */
export interface ChainHead {
  seq: number;
  /** SHA-256, hex. */
  hash: string;
}

export type ChainState =
  | { intact: true; head: ChainHead; archived: number }
  | { intact: false; brokenAt: number; reason: 'gap' | 'link' | 'content' | 'cut-off' };

const BATCH = 1000;

interface Link {
  seq: number;
  hash: Buffer;
}

/**
 * Where the chain of the rows that are there begins: at its first row, or at the end of the segments that were taken
 * into files, which must be whole and in line. Null when rows are missing that no segment holds.
 */
async function beginningOf(db: Reader, teamId: string): Promise<Link | null> {
  const [first] = await db
    .select({ seq: auditLog.seq })
    .from(auditLog)
    .where(eq(auditLog.teamId, teamId))
    .orderBy(asc(auditLog.seq))
    .limit(1);
  let end: Link = { seq: 0, hash: GENESIS_HASH };
  if (!first || first.seq === 1) return end;
  const segments = await db
    .select()
    .from(auditSegments)
    .where(and(eq(auditSegments.teamId, teamId), lt(auditSegments.toSeq, first.seq)))
    .orderBy(asc(auditSegments.toSeq));
  for (const { fromSeq, toSeq, previousHash, lastHash } of segments) {
    if (fromSeq !== end.seq + 1 || !previousHash.equals(end.hash)) return null;
    end = { seq: toSeq, hash: lastHash };
  }
  return end.seq === first.seq - 1 ? end : null;
}

/** Whether a row says that the segment which ends there was archived: the ledger itself vouches for what it lost. */
function vouchesFor(row: { action: string; outcome: string; details: Record<string, unknown> }, end: Link) {
  const after = row.details.after as Record<string, unknown> | undefined;
  return (
    row.action === ARCHIVE_ACTION &&
    row.outcome === 'ok' &&
    after?.toSeq === end.seq &&
    after.lastHash === end.hash.toString('hex')
  );
}

/**
 * Walks the ledger of one team from its first row and reports the first break: a missing row, a row
 * linked to another past, or a row whose content differs from its hash (security U3). Rows that were archived as whole
 * segments are no gap (security U6).
 *
 * @param exported a head seen earlier and kept elsewhere; the chain must still contain it, or have archived it
 */
export async function verifyChain(db: Reader, teamId: string, exported?: ChainHead): Promise<ChainState> {
  const start = await beginningOf(db, teamId);
  if (!start) return { intact: false, brokenAt: 1, reason: 'gap' };
  let head = start;
  let isVouchedFor = start.seq === 0;
  let containsExported =
    exported === undefined ||
    exported.seq < Math.max(start.seq, 1) ||
    (exported.seq === start.seq && exported.hash === start.hash.toString('hex'));
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
      isVouchedFor ||= vouchesFor(row, start);
    }
    if (rows.length < BATCH) break;
  }
  if (!isVouchedFor) return { intact: false, brokenAt: start.seq, reason: 'gap' };
  if (!containsExported) return { intact: false, brokenAt: head.seq + 1, reason: 'cut-off' };
  return { intact: true, head: { seq: head.seq, hash: head.hash.toString('hex') }, archived: start.seq };
}
