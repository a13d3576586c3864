import { and, asc, eq, lt, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { repositories, triggerRuns, webhookDeliveries } from '#db/schema/repositories.ts';
import { decideDelivery } from './decide-delivery.ts';
import { startTriggers } from './start-triggers.ts';

const BATCH = 50;
/** Deliveries are shown, and told apart from their repeats, this long. */
const KEPT_DAYS = 30;

/**
 * Decides of deliveries that were stored what they may start, and starts it, the oldest first. A worker that dies meanwhile leaves
 * them as they were.
 */
export async function settleDeliveries(db: Db): Promise<{ done: number; more: boolean }> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .select({ delivery: webhookDeliveries, repository: repositories })
      .from(webhookDeliveries)
      .innerJoin(repositories, eq(repositories.id, webhookDeliveries.repositoryId))
      .where(eq(webhookDeliveries.result, 'received'))
      .orderBy(asc(webhookDeliveries.receivedAt))
      .limit(BATCH)
      .for('update', { of: webhookDeliveries, skipLocked: true });
    for (const { delivery, repository } of rows) {
      const decision = decideDelivery(delivery.event, delivery.facts, repository);
      await tx
        .update(webhookDeliveries)
        .set({ ...decision, settledAt: sql`now()` })
        .where(eq(webhookDeliveries.id, delivery.id));
      if (decision.result === 'allowed') await startTriggers(tx, delivery, repository);
    }
    return { done: rows.length, more: rows.length === BATCH };
  });
}

/** Removes deliveries that nobody will ask for again, and what triggers made of them. */
export async function forgetDeliveries(db: Db): Promise<number> {
  const isOld = lt(webhookDeliveries.receivedAt, sql`now() - make_interval(days => ${KEPT_DAYS})`);
  const isSettled = sql`${webhookDeliveries.result} <> 'received'`;
  const gone = await db
    .delete(webhookDeliveries)
    .where(and(isOld, isSettled))
    .returning({ id: webhookDeliveries.id });
  const isPast = lt(triggerRuns.finishedAt, sql`now() - make_interval(days => ${KEPT_DAYS})`);
  const past = await db.delete(triggerRuns).where(isPast).returning({ id: triggerRuns.id });
  return gone.length + past.length;
}
