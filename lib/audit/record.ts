import { createHash } from 'node:crypto';
import { desc, eq, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { auditLog } from '#db/schema/audit.ts';
import type { Actor, Origin } from '#lib/access/actor.ts';
import { canonicalJson, type Json, toStorableJson } from './canonical-json.ts';
import { diff, type Snapshot } from './diff.ts';

/** Somebody who is not signed in; `claimed` is who they say they are, as typed. */
export interface AnonymousActor {
  kind: 'anonymous';
  teamId: string;
  claimed: string;
  origin: Origin;
}

/** The ledger of acts that belong to no team, such as a failed sign-in with an unknown address. */
export const INSTALLATION_LEDGER = '00000000-0000-0000-0000-000000000000';

/** The act by which a ledger says that a segment of it was taken into a file. */
export const ARCHIVE_ACTION = 'audit.archive';

export interface AuditEntry {
  actor: Actor | AnonymousActor;
  action: string;
  target: { kind: string; id: string };
  outcome: 'ok' | 'denied' | 'failed';
  before?: Snapshot;
  after?: Snapshot;
  /** Why it was denied or failed, in words. */
  reason?: string;
}

type AuditRow = typeof auditLog.$inferSelect;
type UnhashedRow = Omit<AuditRow, 'hash'>;

/** Hash before the first row of a chain. */
export const GENESIS_HASH = Buffer.alloc(32);
const MAX_TEXT = 500;

function actorColumns(actor: AuditEntry['actor']): { actorId: string; actorName: string } {
  switch (actor.kind) {
    case 'user':
      return { actorId: actor.userId, actorName: actor.email };
    case 'key':
      return { actorId: actor.keyId, actorName: actor.keyName };
    case 'system':
      return { actorId: actor.name, actorName: actor.name };
    case 'anonymous':
      return { actorId: '', actorName: actor.claimed };
  }
}

function clean(text: string): string {
  return String(toStorableJson(text)).slice(0, MAX_TEXT).toWellFormed();
}

/** SHA-256 over the previous hash and the canonical JSON of every other column of the row. */
export function chainHash(row: UnhashedRow): Buffer {
  const { previousHash, at, details, ...columns } = row;
  const text = canonicalJson({ ...columns, at: at.toISOString(), details: details as Json } as Json);
  return createHash('sha256').update(previousHash).update(text).digest();
}

/**
 * Appends one row to the ledger of the actor's team, in the caller's transaction: the change rolled back
 * means no row, and the other way round (security U1). A lock per team, held until commit, keeps the
 * sequence without gaps and the chain without forks.
 */
export async function recordAudit(tx: Tx, entry: AuditEntry, at: Date): Promise<void> {
  const { actor } = entry;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`audit:${actor.teamId}`}, 0))`);
  const [last] = await tx
    .select({ seq: auditLog.seq, hash: auditLog.hash })
    .from(auditLog)
    .where(eq(auditLog.teamId, actor.teamId))
    .orderBy(desc(auditLog.seq))
    .limit(1);
  const { actorId, actorName } = actorColumns(actor);
  const row: UnhashedRow = {
    teamId: actor.teamId,
    seq: (last?.seq ?? 0) + 1,
    at,
    action: entry.action,
    actorKind: actor.kind,
    actorId: clean(actorId),
    actorName: clean(actorName),
    targetKind: entry.target.kind,
    targetId: clean(entry.target.id),
    outcome: entry.outcome,
    ip: actor.origin.ip,
    userAgent: actor.origin.userAgent === null ? null : clean(actor.origin.userAgent),
    requestId: clean(actor.origin.requestId),
    details: {
      ...diff(entry.before, entry.after),
      ...(entry.reason === undefined ? {} : { reason: clean(entry.reason) }),
    },
    previousHash: last?.hash ?? GENESIS_HASH,
  };
  await tx.insert(auditLog).values({ ...row, hash: chainHash(row) });
}
