import { and, eq, gt, sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { auditLog } from '#db/schema/audit.ts';
import type { KeyActor } from '#lib/access/actor.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';

/** At most one row a key in this time, over all processes: a key that leaked must not fill the ledger. */
const EVERY_MS = 60_000;
/** Keys remembered as noted; beyond them the database alone says so. */
const MAX_KEYS = 10_000;
const ACTION = 'api-key.use';

async function isNoted(tx: Tx, { teamId, keyId }: KeyActor, since: Date): Promise<boolean> {
  const [row] = await tx
    .select({ seq: auditLog.seq })
    .from(auditLog)
    .where(
      and(
        eq(auditLog.teamId, teamId),
        eq(auditLog.targetKind, 'api-key'),
        eq(auditLog.targetId, keyId),
        eq(auditLog.action, ACTION),
        gt(auditLog.at, since),
      ),
    )
    .limit(1);
  return row !== undefined;
}

/**
 * Writes into the ledger that a key was used from where it may not be: it is in hands that it was not made for
 * (security U4). Beside the refusal, which waits for nothing and is the same when this fails.
 */
export function createMisuseNotes(db: Db, clock: Clock, log: Log) {
  const noted = new Map<string, number>();
  const writing = new Set<Promise<void>>();

  async function write(actor: KeyActor, reason: string): Promise<void> {
    const now = new Date(clock.now());
    const target = { kind: 'api-key', id: actor.keyId };
    try {
      await db.transaction(async (tx) => {
        const lock = `misuse of ${actor.keyId}`;
        await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`);
        if (await isNoted(tx, actor, new Date(now.getTime() - EVERY_MS))) return;
        await recordAudit(tx, { actor, action: ACTION, target, outcome: 'denied', reason }, now);
      });
    } catch (error) {
      noted.delete(actor.keyId);
      log.error({ err: error, keyId: actor.keyId }, 'the use of a key from elsewhere could not be recorded');
    }
  }

  return {
    note(actor: KeyActor, reason: string): void {
      const nowMs = clock.now();
      if (nowMs - (noted.get(actor.keyId) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
      if (noted.size >= MAX_KEYS) noted.clear();
      noted.set(actor.keyId, nowMs);
      const work = write(actor, reason).finally(() => writing.delete(work));
      writing.add(work);
    },
    /** Waits for what is being written. */
    async stop(): Promise<void> {
      await Promise.all(writing);
    },
  };
}
