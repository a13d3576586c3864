import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { accounts, memberships, users } from '#db/schema/members.ts';
import { contactMethods, pushSubscriptions } from '#db/schema/notifications.ts';
import {
  invitations,
  passkeys,
  passwordResets,
  recoveryCodes,
  scimGroupMembers,
  signInChallenges,
} from '#db/schema/sign-in.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import type { ControlEvent } from '#lib/model/event.ts';
import { endSessionsOf } from '../end-sessions.ts';
import { keepingAdmins } from '../keep-admins.ts';
import { accountOf, refuseSelf, refuseStrongerAccount } from './account-rows.ts';

/** What is left of the row: the id that the audit log and past acts speak of. */
const forgotten = (userId: string) => ({
  // Its address is free for somebody new; this one can't be typed.
  email: `deleted:${userId}`,
  status: 'deleted' as const,
  disabledBy: null,
  name: '',
  image: null,
  emailVerifiedAt: null,
  passwordHash: null,
  passwordChangedAt: null,
  globalRole: null,
  groupGlobalRole: null,
  timeZone: null,
  theme: null,
  totpSecret: null,
  totpConfirmedAt: null,
  totpLastStep: null,
  scimExternalId: null,
  isProvisioned: false,
  provisionedIssuer: null,
  claimedGroups: [],
  claimedIssuer: null,
});

/** Everything by which a person is reached, proves who they are or gets in. */
const OWNED = [
  memberships,
  accounts,
  pushSubscriptions,
  passkeys,
  recoveryCodes,
  passwordResets,
  signInChallenges,
  scimGroupMembers,
  // Last: the address of the account is kept among these by the database until the account has none.
  contactMethods,
] as const;

/**
 * Makes a tombstone of an account: nothing of it is left but its id, which the audit log and past acts go on
 * speaking of (security U13).
 */
export async function forgetAccount(
  tx: Tx,
  userId: string,
  now: Date,
  announce: (event: ControlEvent) => void,
): Promise<void> {
  const [before] = await tx.select({ email: users.email }).from(users).where(eq(users.id, userId));
  await endSessionsOf(tx, userId, now, announce);
  await tx.update(users).set(forgotten(userId)).where(eq(users.id, userId));
  for (const table of OWNED) await tx.delete(table).where(eq(table.userId, userId));
  if (before) await tx.delete(invitations).where(eq(invitations.email, before.email));
  announce({ type: 'access.changed', userId });
}

/**
 * Deletes an account for good.
 *
 * @throws AppError `not_found`, `forbidden` for one that may do more than the actor (security Z6), `conflict` for the own
 *   account and the last admin
 */
export const deleteAccount = defineCommand({
  name: 'accounts.delete',
  permission: 'accounts:manage',
  input: z.strictObject({ userId: z.uuid() }),
  audit: { action: 'account.delete', target: 'user' },
  async run({ input: { userId }, actor, tx, now, announce }) {
    requireRecentSignIn(actor, now);
    refuseSelf(actor, userId);
    return keepingAdmins(
      tx,
      async () => {
        const { status } = await accountOf(tx, userId);
        await refuseStrongerAccount(tx, actor, userId);
        await forgetAccount(tx, userId, now, announce);
        return { result: { userId }, targetId: userId, before: { status }, after: { status: 'deleted' } };
      },
      { teams: false },
    );
  },
});
