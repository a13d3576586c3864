import { and, eq, isNotNull } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { passkeys, recoveryCodes } from '#db/schema/sign-in.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { actingPerson } from '../acting-person.ts';
import { enqueueNotice } from '../mail/enqueue-mail.ts';
import { proofInput, requireProof } from './require-proof.ts';

/** Takes the authenticator app of somebody off, and the recovery codes with it; says whether it was on. */
async function takeCodesOff(tx: Tx, userId: string): Promise<boolean> {
  const removed = await tx
    .update(users)
    .set({ totpSecret: null, totpConfirmedAt: null, totpLastStep: null })
    .where(and(eq(users.id, userId), isNotNull(users.totpConfirmedAt)))
    .returning({ id: users.id });
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  return removed.length > 0;
}

/** Takes off somebody all that proves them beside their password, passkeys too; says what that was. */
export async function takeAllProofsOff(
  tx: Tx,
  userId: string,
): Promise<{ authenticator: boolean; keys: string[] }> {
  const authenticator = await takeCodesOff(tx, userId);
  const taken = await tx
    .delete(passkeys)
    .where(eq(passkeys.userId, userId))
    .returning({ name: passkeys.name });
  return { authenticator, keys: taken.map(({ name }) => name) };
}

/** Switches the own second factor off: takes a recent sign-in and a proof, and tells the person by mail. */
export const disableSecondFactor = defineCommand({
  name: 'second-factor.disable',
  permission: 'credentials:manage-own',
  input: proofInput,
  audit: { action: 'second-factor.disable', target: 'user' },
  async run(args) {
    const { actor, tx, now } = args;
    const { userId, email } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    await requireProof(args);
    if (!(await takeCodesOff(tx, userId))) throw new AppError('conflict', 'It is off already.');
    await enqueueNotice(args, {
      kind: 'second-factor-disabled',
      to: email,
      subject: 'The authenticator app of your Pitwall account was switched off',
      said: 'From now on its password alone opens it; its recovery codes are worth nothing any more.',
    });
    return { result: undefined, targetId: userId };
  },
});
