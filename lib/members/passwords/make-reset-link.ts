import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ResetLinkMade } from '#lib/model/access-view.ts';
import { accountOf, refuseSelf, refuseStrongerAccount } from '../accounts/account-rows.ts';
import { endLinks, mailLink, makeLink } from './reset-link.ts';

/** @throws AppError `conflict` for somebody who signs in with no password of ours, or not at all */
async function refuseWithoutPassword(tx: Tx, userId: string): Promise<void> {
  const [user] = await tx
    .select({ status: users.status, hash: users.passwordHash, issuer: users.provisionedIssuer })
    .from(users)
    .where(eq(users.id, userId));
  if (user?.status !== 'active') throw new AppError('conflict', 'This account is disabled. Enable it first.');
  if (user.hash === null || user.issuer !== null)
    throw new AppError('conflict', 'This account has no password here: it signs in at its provider.');
}

/**
 * Makes a link for somebody who forgot their password; those made before end. It goes by mail, or, where none leaves,
 * is answered to whoever made it, this once. For admins of accounts who hold at least as much (security Z6), and never
 * for the own account. A second factor stays on, and sessions go on until the password is set.
 *
 * @throws AppError `not_found`, `forbidden`, `conflict`
 */
export const makeResetLink = defineCommand({
  name: 'password.make-reset-link',
  permission: 'accounts:manage',
  input: z.strictObject({ userId: z.uuid() }),
  audit: { action: 'password.make-reset-link', target: 'user' },
  async run(args) {
    const { input, actor, tx, now, deps } = args;
    const { userId } = input;
    requireRecentSignIn(actor, now);
    refuseSelf(actor, userId);
    const { email } = await accountOf(tx, userId);
    await refuseStrongerAccount(tx, actor, userId);
    await refuseWithoutPassword(tx, userId);
    await endLinks(tx, userId, now);
    const link = await makeLink(tx, userId, now);
    const isMailed = (await deps.sendsMail?.()) ?? false;
    const why = 'An admin made a link for you to choose a new password for your Pitwall account.';
    if (isMailed) await mailLink(args, { to: email, why }, link);
    const result: ResetLinkMade = { userId, path: isMailed ? null : link.path };
    return { result, targetId: userId, after: { isMailed, expiresAt: link.expiresAt } };
  },
});
