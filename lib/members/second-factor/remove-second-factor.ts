import { and, eq, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { recoveryCodes } from '#db/schema/sign-in.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { refuseStrongerAccount } from '../accounts/account-rows.ts';
import { actingPerson } from '../acting-person.ts';
import { spendCode } from './spend-code.ts';

async function remove(tx: Tx, userId: string): Promise<boolean> {
  const removed = await tx
    .update(users)
    .set({ totpSecret: null, totpConfirmedAt: null, totpLastStep: null })
    .where(and(eq(users.id, userId), isNotNull(users.totpConfirmedAt)))
    .returning({ id: users.id });
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  return removed.length > 0;
}

/** Switches the own second factor off: takes a recent sign-in and one of its codes. */
export const disableSecondFactor = defineCommand({
  name: 'second-factor.disable',
  permission: 'credentials:manage-own',
  input: z.strictObject({ code: z.string().max(40) }),
  audit: { action: 'second-factor.disable', target: 'user' },
  async run({ input, actor, tx, now, deps }) {
    const { userId } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    if ((await spendCode(tx, deps.sealer, userId, input.code, now)) === null)
      throw new AppError('forbidden', 'This code is not right, or was used before.');
    if (!(await remove(tx, userId))) throw new AppError('conflict', 'It is off already.');
    return { result: undefined, targetId: userId };
  },
});

/**
 * Takes the second factor off somebody who lost it, so that the password alone lets them in; for admins of accounts,
 * who hold at least as much (security Z6).
 */
export const resetSecondFactor = defineCommand({
  name: 'second-factor.reset',
  permission: 'accounts:manage',
  input: z.strictObject({ userId: z.uuid() }),
  audit: { action: 'second-factor.reset', target: 'user' },
  async run({ input: { userId }, actor, tx, now }) {
    requireRecentSignIn(actor, now);
    await refuseStrongerAccount(tx, actor, userId);
    if (!(await remove(tx, userId)))
      throw new AppError('not_found', 'There is no second factor to take off.');
    return { result: undefined, targetId: userId };
  },
});
