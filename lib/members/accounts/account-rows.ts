/**
 * Accounts: everybody who is known to the installation, whatever teams they are in. Only global roles reach them.
 */
import { and, eq, ne } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import type { Actor } from '#lib/access/actor.ts';
import { Grants, readGrants } from '#lib/access/grants.ts';
import { tooStrong } from '#lib/access/require.ts';
import { AppError } from '#lib/kernel/errors.ts';

/** An account that was not deleted, held until the end of the transaction. @throws AppError `not_found` */
export async function accountOf(tx: Tx, userId: string) {
  const [account] = await tx
    .select({
      email: users.email,
      status: users.status,
      globalRole: users.globalRole,
    })
    .from(users)
    .where(and(eq(users.id, userId), ne(users.status, 'deleted')))
    .for('update');
  if (!account) throw new AppError('not_found', 'There is no such account.');
  return account;
}

/** Nobody locks themselves out by a slip. */
export function refuseSelf(actor: Actor, userId: string): void {
  if (actor.kind === 'user' && actor.userId === userId)
    throw new AppError('conflict', 'This is your own account. Ask another admin.');
}

/**
 * Nobody changes, ends or lowers an account that may do something, in any of its teams or everywhere, which they may
 * not do there themselves (security Z6).
 *
 * @throws AppError `forbidden`
 */
export async function refuseStrongerAccount(tx: Tx, actor: Actor, userId: string): Promise<void> {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people govern accounts.');
  const grants = await readGrants(tx, [actor.userId, userId]);
  const [own, theirs] = [actor.userId, userId].map((id) => grants.get(id) ?? new Grants()) as [
    Grants,
    Grants,
  ];
  const missing = own.lackingOf(theirs);
  if (missing !== null) throw tooStrong(missing);
}
