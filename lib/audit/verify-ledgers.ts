import { desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Reader } from '#db/client.ts';
import { auditLog } from '#db/schema/audit.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import type { LedgerHead } from './head-line.ts';
import { INSTALLATION_LEDGER, recordAudit } from './record.ts';
import { type ChainHead, type ChainState, verifyChain } from './verify.ts';

const ACTION = 'audit.verify';
/** Hour of the day, UTC, from which the ledgers are verified anew. */
const HOUR = 3;
const DAY_MS = 86_400_000;

const headSchema = z.object({ seq: z.number(), hash: z.string() });
const recordedSchema = z.object({
  after: z.object({
    heads: z.array(headSchema.extend({ teamId: z.string() })),
    broken: z.array(z.object({ teamId: z.string(), head: headSchema.nullable() })),
  }),
});

/** What a walk over the ledgers of all teams, and of the installation, found (security U3). */
export interface LedgerReport {
  heads: (ChainHead & { teamId: string })[];
  /** With the last head that was seen: what is missing stays missing, night after night. */
  broken: (Extract<ChainState, { intact: false }> & { teamId: string; head: ChainHead | null })[];
}

interface LastReport {
  at: Date;
  heads: Map<string, ChainHead>;
  intact: number;
  broken: number;
}

/** The last walk that was written down; its heads must still stand in the chains. */
async function lastReport(db: Reader): Promise<LastReport | null> {
  const [row] = await db
    .select({ at: auditLog.at, details: auditLog.details })
    .from(auditLog)
    .where(sql`${eq(auditLog.teamId, INSTALLATION_LEDGER)} and ${eq(auditLog.action, ACTION)}`)
    .orderBy(desc(auditLog.seq))
    .limit(1);
  if (!row) return null;
  const parsed = recordedSchema.safeParse(row.details);
  if (!parsed.success) return { at: row.at, heads: new Map(), intact: 0, broken: 0 };
  const { heads, broken } = parsed.data.after;
  const known = new Map<string, ChainHead>(heads.map(({ teamId, ...head }) => [teamId, head]));
  for (const { teamId, head } of broken) if (head) known.set(teamId, head);
  return { at: row.at, heads: known, intact: heads.length, broken: broken.length };
}

/** The head of one ledger as the last walk saw it. */
export async function lastHeadOf(db: Reader, teamId: string): Promise<ChainHead | undefined> {
  return (await lastReport(db))?.heads.get(teamId);
}

/**
 * Verifies every ledger there is or was at the last walk. Changes nothing.
 *
 * @param kept heads that were kept outside of the database; they count instead of those of the last walk
 */
export async function verifyLedgers(
  db: Reader,
  signal?: AbortSignal,
  kept: readonly LedgerHead[] = [],
): Promise<LedgerReport> {
  const earlier = new Map((await lastReport(db))?.heads);
  for (const { teamId, seq, hash } of kept) earlier.set(teamId, { seq, hash });
  const rows = await db.selectDistinct({ teamId: auditLog.teamId }).from(auditLog);
  const report: LedgerReport = { heads: [], broken: [] };
  for (const teamId of new Set([...rows.map((row) => row.teamId), ...earlier.keys()])) {
    signal?.throwIfAborted();
    const head = earlier.get(teamId);
    const state = await verifyChain(db, teamId, head);
    if (state.intact) report.heads.push({ teamId, ...state.head });
    else report.broken.push({ teamId, ...state, head: head ?? null });
  }
  return report;
}

/** The latest moment at which the ledgers were to be verified, Unix milliseconds. */
export function lastDueMs(nowMs: number): number {
  const offset = HOUR * 3_600_000;
  return Math.floor((nowMs - offset) / DAY_MS) * DAY_MS + offset;
}

async function writeDown(db: Db, report: LedgerReport, now: Date): Promise<void> {
  const origin = { ip: null, userAgent: null, requestId: ACTION };
  const actor: SystemActor = {
    kind: 'system',
    name: 'worker',
    teamId: INSTALLATION_LEDGER,
    grants: [],
    origin,
  };
  const found = report.broken.length === 0 ? 'ok' : 'failed';
  await db.transaction((tx) =>
    recordAudit(
      tx,
      {
        actor,
        action: ACTION,
        target: { kind: 'ledger', id: '' },
        outcome: found,
        after: { ...report },
        ...(found === 'ok'
          ? {}
          : { reason: `${report.broken.length} ledgers are not as they were written.` }),
      },
      now,
    ),
  );
}

/**
 * Verifies the ledgers if nobody did since the last due hour, and writes the outcome with the heads into the
 * ledger of the installation: the next walk then also sees rows that were cut off an end.
 *
 * @returns how many ledgers are intact and broken, and the report if this call made it
 */
export async function verifyWhenDue(
  db: Db,
  nowMs: number,
  signal: AbortSignal,
): Promise<{ intact: number; broken: number; atMs: number; fresh: LedgerReport | null }> {
  const last = await lastReport(db);
  if (last && last.at.getTime() >= lastDueMs(nowMs)) {
    return { intact: last.intact, broken: last.broken, atMs: last.at.getTime(), fresh: null };
  }
  const report = await verifyLedgers(db, signal);
  await writeDown(db, report, new Date(nowMs));
  return { intact: report.heads.length, broken: report.broken.length, atMs: nowMs, fresh: report };
}
