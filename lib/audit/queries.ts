import { and, desc, eq, lt } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { auditLog } from '#db/schema/audit.ts';

/** One row of the ledger as people read it, newest first. */
export interface AuditView {
  seq: number;
  at: Date;
  action: string;
  actorKind: 'user' | 'key' | 'system' | 'anonymous';
  actorName: string;
  targetKind: string;
  targetId: string;
  outcome: 'ok' | 'denied' | 'failed';
  ip: string | null;
  details: Record<string, unknown>;
}

/** At most `limit` rows of one team's ledger below the sequence number `before`. */
export async function listAuditRows(
  db: Reader,
  teamId: string,
  limit: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<AuditView[]> {
  return db
    .select({
      seq: auditLog.seq,
      at: auditLog.at,
      action: auditLog.action,
      actorKind: auditLog.actorKind,
      actorName: auditLog.actorName,
      targetKind: auditLog.targetKind,
      targetId: auditLog.targetId,
      outcome: auditLog.outcome,
      ip: auditLog.ip,
      details: auditLog.details,
    })
    .from(auditLog)
    .where(and(eq(auditLog.teamId, teamId), lt(auditLog.seq, before)))
    .orderBy(desc(auditLog.seq))
    .limit(limit);
}
