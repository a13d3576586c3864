import type { Tx } from '#db/client.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { KeyScope } from '#lib/access/permissions.ts';
import { holdsScope } from '#lib/access/require.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { hashKey, makeKey } from './key-format.ts';

interface NewKey {
  name: string;
  scopes: readonly KeyScope[];
  allowedRanges: readonly string[];
  expiresAt: Date | null;
  /** The key that this one takes the place of. */
  rotatedFrom: string | null;
}

/** Throws `forbidden` for a scope that the actor does not hold (security Z6, Z7). */
export function refuseMoreThanOwn(actor: Actor, scopes: readonly KeyScope[]): void {
  const missing = scopes.find((scope) => !holdsScope(actor, scope));
  if (missing)
    throw new AppError('forbidden', `You cannot grant the scope ${missing}: you do not hold it yourself.`);
}

/** Stores a new key of the actor's team. What it gives back is the only place where the whole key ever stands. */
export async function insertKey(
  tx: Tx,
  actor: Actor,
  { scopes, allowedRanges, ...rest }: NewKey,
  now: Date,
): Promise<{ id: string; key: string }> {
  const key = makeKey();
  const id = uuidv7(now.getTime());
  await tx.insert(apiKeys).values({
    ...rest,
    id,
    teamId: actor.teamId,
    keyHash: hashKey(key),
    lastFour: key.slice(-4),
    scopes: [...scopes],
    allowedRanges: [...allowedRanges],
    createdBy: actor.kind === 'user' ? actor.userId : null,
    createdAt: now,
  });
  return { id, key };
}
