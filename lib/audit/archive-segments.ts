/**
 * Retention of the ledgers: what is older than the installation keeps is taken into files, stretch by stretch from the
 * beginning, and only then removed (security U6).
 */
import { createHash } from 'node:crypto';
import { and, asc, desc, eq, gte, lt, lte, max, min, sql } from 'drizzle-orm';
import type { Db, Reader } from '#db/client.ts';
import { auditLog, auditSegments } from '#db/schema/audit.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { readArchive, writeArchive } from './archive-file.ts';
import { ARCHIVE_ACTION, GENESIS_HASH, recordAudit } from './record.ts';
import { type ChainStretch, jsonLines, readStretch } from './row-lines.ts';

/** Rows of one segment at most: some megabytes. */
const MAX_ROWS = 10_000;

export interface ArchiveTools {
  db: Db;
  /** Directory of the archive. */
  dir: string;
  /** Days that rows stay in the database at least. */
  keepDays: number;
}

/** A segment that is in its file and gone from the database. */
export interface DroppedSegment {
  teamId: string;
  fromSeq: number;
  toSeq: number;
  /** Hex. */
  lastHash: string;
  file: string;
}

/** Segments end with months: the first moment of the month in which the youngest row may be that has to go. */
export function archiveBefore(nowMs: number, keepDays: number): Date {
  const at = new Date(nowMs - keepDays * 86_400_000);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()));
}

type Segment = typeof auditSegments.$inferSelect;

async function lastSegment(db: Reader, teamId: string): Promise<Segment | undefined> {
  const [segment] = await db
    .select()
    .from(auditSegments)
    .where(eq(auditSegments.teamId, teamId))
    .orderBy(desc(auditSegments.toSeq))
    .limit(1);
  return segment;
}

/** The first rows of a ledger that are all older than a moment: their first and last number, or null. */
async function oldestRows(db: Reader, teamId: string, before: Date) {
  const ofTeam = eq(auditLog.teamId, teamId);
  const [first] = await db
    .select({ seq: min(auditLog.seq) })
    .from(auditLog)
    .where(ofTeam);
  const [young] = await db
    .select({ seq: min(auditLog.seq) })
    .from(auditLog)
    .where(and(ofTeam, gte(auditLog.at, before)));
  const [last] = await db
    .select({ seq: max(auditLog.seq) })
    .from(auditLog)
    .where(and(ofTeam, young?.seq == null ? undefined : lt(auditLog.seq, young.seq)));
  if (first?.seq == null || last?.seq == null) return null;
  return { fromSeq: first.seq, toSeq: Math.min(last.seq, first.seq + MAX_ROWS - 1) };
}

const fileOf = (teamId: string, fromSeq: number, toSeq: number): string =>
  `${teamId}/${String(fromSeq).padStart(12, '0')}-${String(toSeq).padStart(12, '0')}.jsonl.gz`;

/**
 * The rows of a stretch, in a file that was read back from the disk. They must be a whole stretch of the chain that
 * begins at `previousHash`.
 *
 * @throws Error when the chain is broken there, or the file does not hold what was written
 */
async function inFile(
  { db, dir }: ArchiveTools,
  teamId: string,
  rows: { fromSeq: number; toSeq: number; previousHash: Buffer },
): Promise<{ stretch: ChainStretch; file: string; sha256: Buffer }> {
  const { fromSeq, toSeq, previousHash } = rows;
  const found = await db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.teamId, teamId), gte(auditLog.seq, fromSeq), lte(auditLog.seq, toSeq)))
    .orderBy(asc(auditLog.seq));
  const text = jsonLines(found);
  const file = fileOf(teamId, fromSeq, toSeq);
  await writeArchive(dir, file, text);
  const kept = await readArchive(dir, file);
  const stretch = kept === text ? readStretch(teamId, kept) : null;
  const isWhole = stretch?.fromSeq === fromSeq && stretch.toSeq === toSeq;
  if (!stretch || !isWhole || !stretch.previousHash.equals(previousHash))
    throw new Error(`rows ${fromSeq} to ${toSeq} of ledger ${teamId} are not as they were written`);
  return { stretch, file, sha256: createHash('sha256').update(text).digest() };
}

/** Takes the next old rows into a file and says so in the ledger; null when none are old enough. */
async function archiveNext(tools: ArchiveTools, teamId: string, now: Date): Promise<Segment | null> {
  const { db, keepDays } = tools;
  const rows = await oldestRows(db, teamId, archiveBefore(now.getTime(), keepDays));
  if (!rows) return null;
  const former = await lastSegment(db, teamId);
  const previousHash = former?.lastHash ?? GENESIS_HASH;
  const { stretch, file, sha256 } = await inFile(tools, teamId, { ...rows, previousHash });
  const segment: Segment = { teamId, ...stretch, file, sha256, archivedAt: now };
  const origin = { ip: null, userAgent: null, requestId: ARCHIVE_ACTION };
  const actor: SystemActor = { kind: 'system', name: 'worker', teamId, grants: [], origin };
  await db.transaction(async (tx) => {
    await tx.insert(auditSegments).values(segment);
    const { fromSeq, toSeq } = stretch;
    const [lastHash, sum] = [stretch.lastHash.toString('hex'), sha256.toString('hex')];
    const after = { fromSeq, toSeq, lastHash, file, sha256: sum };
    const target = { kind: 'ledger', id: teamId };
    await recordAudit(tx, { actor, action: ARCHIVE_ACTION, target, outcome: 'ok', after }, now);
  });
  return segment;
}

/** A segment whose rows are still there: the step before ended between its file and its removal. */
async function unfinished(tools: ArchiveTools, teamId: string): Promise<Segment | null> {
  const segment = await lastSegment(tools.db, teamId);
  if (!segment) return null;
  const [row] = await tools.db
    .select({ seq: auditLog.seq })
    .from(auditLog)
    .where(and(eq(auditLog.teamId, teamId), eq(auditLog.seq, segment.toSeq)));
  if (!row) return null;
  const { sha256 } = await inFile(tools, teamId, segment);
  if (!sha256.equals(segment.sha256))
    throw new Error(`the archive of ledger ${teamId} is another than was written`);
  return segment;
}

/**
 * Takes one segment of a ledger out of the database, if there is one that is old enough. Whatever fails, the rows
 * stay.
 *
 * @throws Error when the chain is broken there, or the file cannot be written
 */
export async function archiveSegment(
  tools: ArchiveTools,
  teamId: string,
  nowMs: number,
): Promise<DroppedSegment | null> {
  const segment = (await unfinished(tools, teamId)) ?? (await archiveNext(tools, teamId, new Date(nowMs)));
  if (!segment) return null;
  const { fromSeq, toSeq, file } = segment;
  await tools.db.execute(sql`select drop_audit_segment(${teamId}, ${toSeq})`);
  return { teamId, fromSeq, toSeq, lastHash: segment.lastHash.toString('hex'), file };
}

/** Every ledger there is. */
export async function ledgersOf(db: Reader): Promise<string[]> {
  const rows = await db.selectDistinct({ teamId: auditLog.teamId }).from(auditLog);
  return rows.map(({ teamId }) => teamId);
}
