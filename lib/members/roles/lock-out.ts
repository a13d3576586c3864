import { inArray } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import type { Actor } from '#lib/access/actor.ts';
import { readGrants } from '#lib/access/grants.ts';
import { wordsOf } from '#lib/access/permission-words.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { AppError } from '#lib/kernel/errors.ts';

const SIGN_IN = wordsOf('sessions:start');

/** What is to be known of a role that lets nobody in by itself; undefined for one that does. */
export function roleAloneWarning(permissions: readonly Permission[]): string | undefined {
  if (permissions.includes('sessions:start')) return undefined;
  return `A person with this role alone cannot sign in: it does not hold ${SIGN_IN}.`;
}

/**
 * Who of these people cannot sign in after what was just changed, in words; undefined for nobody. That may be meant, so
 * it stands; but nobody locks themselves out, who could not take it back.
 *
 * @throws AppError `conflict` where the actor is one of them, who could before
 */
export async function lockOutWarning(
  tx: Tx,
  actor: Actor,
  userIds: readonly string[],
): Promise<string | undefined> {
  const grants = await readGrants(tx, userIds);
  const shutOut = userIds.filter((id) => !grants.get(id)?.maySignIn);
  const isOwn = actor.kind === 'user' && shutOut.includes(actor.userId);
  if (isOwn && actor.permissions.has('sessions:start'))
    throw new AppError(
      'conflict',
      `You could not sign in any more: none of your roles would hold ${SIGN_IN}.`,
    );
  if (shutOut.length === 0) return undefined;
  if (shutOut.length > 1)
    return `${shutOut.length} people can no longer sign in: none of their roles holds ${SIGN_IN}.`;
  const [person] = await tx
    .select({ name: users.name, email: users.email })
    .from(users)
    .where(inArray(users.id, shutOut));
  return `${person?.name || person?.email} can no longer sign in: none of their roles holds ${SIGN_IN}.`;
}
