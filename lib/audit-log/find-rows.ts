import { and, asc, desc, eq, gt, gte, ilike, like, lt, or, type SQL } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { auditLog } from '#db/schema/audit.ts';
import type { AuditLogRow } from '#lib/audit/row-lines.ts';
import type { AuditFilter } from '#lib/model/audit-log.ts';

/** A stretch of a ledger, by the numbers of its rows. */
export interface Stretch {
  order: 'newest' | 'oldest';
  /** The row at which the stretch before ended. */
  cursor: number | undefined;
  limit: number;
}

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);

/** `agent` names every act on agents, `agent.update` that one. */
function ofAction(action: string): SQL | undefined {
  return or(eq(auditLog.action, action), like(auditLog.action, `${escaped(action)}.%`));
}

function conditions(filter: AuditFilter): (SQL | undefined)[] {
  const { actor, action, targetKind, targetId, outcome, from, to } = filter;
  return [
    actor ? or(ilike(auditLog.actorName, `%${escaped(actor)}%`), eq(auditLog.actorId, actor)) : undefined,
    action ? ofAction(action) : undefined,
    targetKind ? eq(auditLog.targetKind, targetKind) : undefined,
    targetId ? eq(auditLog.targetId, targetId) : undefined,
    outcome && eq(auditLog.outcome, outcome),
    from === undefined ? undefined : gte(auditLog.at, new Date(from)),
    to === undefined ? undefined : lt(auditLog.at, new Date(to)),
  ];
}

/** Rows of one ledger; the predicate of the ledger stands in every statement (security Z4). */
export function findAuditRows(
  db: Reader,
  ledger: string,
  filter: AuditFilter,
  { order, cursor, limit }: Stretch,
): Promise<AuditLogRow[]> {
  const beyond = order === 'newest' ? lt : gt;
  return db
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.teamId, ledger),
        cursor === undefined ? undefined : beyond(auditLog.seq, cursor),
        ...conditions(filter),
      ),
    )
    .orderBy(order === 'newest' ? desc(auditLog.seq) : asc(auditLog.seq))
    .limit(limit);
}
