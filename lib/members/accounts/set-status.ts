import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '#db/schema/members.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { endSessionsOf } from '../end-sessions.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { endLinks } from '../passwords/reset-link.ts';
import { accountOf, refuseSelf, refuseStrongerAccount } from './account-rows.ts';

/**
 * Disables an account: its sessions and sockets end within seconds and it can't sign in, until an admin enables it
 * again (security A4); no directory does. Its roles stay with it; links to a new password do not.
 *
 * @throws AppError `not_found`, `forbidden` for one that may do more than the actor (security Z6), `conflict` for the
 *   own account, the last admin, and one that is disabled already
 */
export const disableAccount = defineCommand({
  name: 'accounts.disable',
  permission: 'accounts:manage',
  input: z.strictObject({ userId: z.uuid() }),
  audit: { action: 'account.disable', target: 'user' },
  async run({ input: { userId }, actor, tx, now, announce }) {
    refuseSelf(actor, userId);
    return keepingAdmins(
      tx,
      async () => {
        const { status } = await accountOf(tx, userId);
        await refuseStrongerAccount(tx, actor, userId);
        if (status === 'disabled') throw new AppError('conflict', 'This account is disabled already.');
        await tx.update(users).set({ status: 'disabled', disabledBy: 'admin' }).where(eq(users.id, userId));
        await endSessionsOf(tx, userId, now, announce);
        await endLinks(tx, userId, now);
        announce({ type: 'access.changed', userId });
        return { result: { userId }, targetId: userId, before: { status }, after: { status: 'disabled' } };
      },
      { teams: false },
    );
  },
});

/**
 * Lets a disabled account sign in again, with the roles that it had; only by whoever holds as much, after a recent
 * sign-in: it hands out what those roles give (security A16).
 */
export const enableAccount = defineCommand({
  name: 'accounts.enable',
  permission: 'accounts:manage',
  input: z.strictObject({ userId: z.uuid() }),
  audit: { action: 'account.enable', target: 'user' },
  async run({ input: { userId }, actor, tx, now, announce }) {
    requireRecentSignIn(actor, now);
    const { status } = await accountOf(tx, userId);
    await refuseStrongerAccount(tx, actor, userId);
    if (status === 'active') throw new AppError('conflict', 'This account is active already.');
    await tx.update(users).set({ status: 'active', disabledBy: null }).where(eq(users.id, userId));
    announce({ type: 'access.changed', userId });
    return { result: { userId }, targetId: userId, before: { status }, after: { status: 'active' } };
  },
});

/** Signs somebody out everywhere who may do no more than the actor (security Z6). */
export const endAccountSessions = defineCommand({
  name: 'accounts.end-sessions',
  permission: 'accounts:manage',
  input: z.strictObject({ userId: z.uuid() }),
  audit: { action: 'session.end-all', target: 'user' },
  async run({ input: { userId }, actor, tx, now, announce }) {
    await accountOf(tx, userId);
    await refuseStrongerAccount(tx, actor, userId);
    const ended = await endSessionsOf(tx, userId, now, announce);
    return { result: { userId, ended }, targetId: userId, after: { ended } };
  },
});
