import { and, eq } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { scimTokens } from '#db/schema/sign-in.ts';
import { Grants, grantsOf, readGrants } from '#lib/access/grants.ts';
import { wordsOf } from '#lib/access/permission-words.ts';
import { AppError } from '#lib/kernel/errors.ts';

/**
 * A client is no stronger than whoever made its token is now: it ends, renames or lets in nobody to whom roles were
 * granted by hand that its maker does not hold (security Z6), and nobody at all with such roles once the maker is gone
 * (security Z13). Roles that groups give are the client's to give and to take anyway.
 *
 * @throws AppError `forbidden`
 */
export async function refuseStrongerThanMaker(tx: Tx, clientId: string, userId: string): Promise<void> {
  const theirs = (await readGrants(tx, [userId], { byHandOnly: true })).get(userId) ?? new Grants();
  const [maker] = await tx
    .select({ id: users.id })
    .from(scimTokens)
    .innerJoin(users, eq(users.id, scimTokens.createdBy))
    .where(and(eq(scimTokens.id, clientId), eq(users.status, 'active')));
  const missing = (maker ? await grantsOf(tx, maker.id) : new Grants()).lackingOf(theirs);
  if (missing !== null)
    throw new AppError(
      'forbidden',
      `An admin granted this person ${wordsOf(missing)}, which whoever made this token does not hold now. Change the account in the console, or make the token anew.`,
    );
}
