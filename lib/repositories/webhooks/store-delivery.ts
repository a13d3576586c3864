import { hash } from 'node:crypto';
import { and, eq, lt, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { repositories, webhookDeliveries } from '#db/schema/repositories.ts';
import type { Sealer } from '#lib/command/context.ts';
import { readFacts } from './read-facts.ts';

/** The same body of the same hook counts once in this long, whatever delivery it claims to be: that is not signed. */
const BODY_WINDOW_HOURS = 24;

/** A connection as its webhook meets it. */
export interface HookedRepository {
  id: string;
  teamId: string;
  /** What its events may be signed with: the secret, and the former one while that counts. */
  secrets: string[];
}

/** Finds the connection that a webhook was made for; null where there is none. */
export async function findHooked(
  { db, sealer }: { db: Db; sealer: Pick<Sealer, 'open'> },
  id: string,
): Promise<HookedRepository | null> {
  const { teamId, sealedSecret, sealedFormerSecret, formerSecretUntil } = repositories;
  const former = sql<string | null>`case when ${formerSecretUntil} > now() then ${sealedFormerSecret} end`;
  const [row] = await db
    .select({ teamId, sealed: sealedSecret, former })
    .from(repositories)
    .where(eq(repositories.id, id));
  if (!row) return null;
  const sealed = [row.sealed, ...(row.former === null ? [] : [row.former])];
  return { id, teamId: row.teamId, secrets: sealed.map((each) => sealer.open(each)) };
}

/** A delivery whose signature was right. */
export interface SignedDelivery {
  guid: string;
  event: string;
  /** `X-GitHub-Hook-ID`. */
  hookId: string | null;
  body: Uint8Array;
  parsed: unknown;
}

/**
 * Keeps a delivery for the worker, once: neither the same delivery nor, within a day, the same body of the same hook
 * is kept again (deployment S-87). What is kept is what anything here asks for, not the whole payload.
 *
 * @returns whether it was new
 */
export async function storeDelivery(
  db: Db,
  { id: repositoryId, teamId }: HookedRepository,
  { guid, event, hookId, body, parsed }: SignedDelivery,
): Promise<boolean> {
  const bodyKey = `${hookId ?? ''}:${hash('sha256', body, 'hex')}`;
  const { action, facts } = readFacts(event, parsed);
  const row = { teamId, repositoryId, deliveryGuid: guid, bodyKey, hookId, event, action, facts };
  return db.transaction(async (tx) => {
    const isOver = lt(
      webhookDeliveries.receivedAt,
      sql`now() - make_interval(hours => ${BODY_WINDOW_HOURS})`,
    );
    const same = and(
      eq(webhookDeliveries.repositoryId, repositoryId),
      eq(webhookDeliveries.bodyKey, bodyKey),
    );
    await tx.update(webhookDeliveries).set({ bodyKey: null }).where(and(same, isOver));
    const made = await tx
      .insert(webhookDeliveries)
      .values(row)
      .onConflictDoNothing()
      .returning({ id: webhookDeliveries.id });
    return made.length === 1;
  });
}
