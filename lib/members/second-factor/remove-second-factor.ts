import { and, eq, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { recoveryCodes } from '#db/schema/sign-in.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { actingPerson } from '../acting-person.ts';
import { requireCode } from './spend-code.ts';

/** Takes the authenticator app of somebody off, and the recovery codes with it; says whether it was on. */
export async function takeCodesOff(tx: Tx, userId: string): Promise<boolean> {
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
    await requireCode(tx, deps.sealer, userId, input.code, now);
    if (!(await takeCodesOff(tx, userId))) throw new AppError('conflict', 'It is off already.');
    return { result: undefined, targetId: userId };
  },
});
