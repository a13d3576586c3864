import { and, eq, isNotNull } from 'drizzle-orm';
import { users } from '#db/schema/members.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { actingPerson } from '../acting-person.ts';
import { enqueueNotice } from '../mail/enqueue-mail.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';
import { proofInput, requireProof } from './require-proof.ts';

/**
 * Makes new recovery codes; those there were are worth nothing any more. It takes a proof, as switching the second
 * factor off does, and the person is told: whoever has these codes needs the phone no more.
 *
 * @throws AppError `conflict` where there is no second factor, `forbidden` for a proof that is not right
 */
export const renewRecoveryCodes = defineCommand({
  name: 'second-factor.renew-recovery-codes',
  permission: 'credentials:manage-own',
  input: proofInput,
  audit: { action: 'second-factor.renew-recovery-codes', target: 'user' },
  async run(args) {
    const { actor, tx, now } = args;
    const { userId, email } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    const [user] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), isNotNull(users.totpConfirmedAt)))
      .for('update');
    if (!user) throw new AppError('conflict', 'There is no second factor that they would stand in for.');
    await requireProof(args);
    const codes = await replaceRecoveryCodes(tx, userId, now);
    await enqueueNotice(args, {
      kind: 'recovery-codes-renewed',
      to: email,
      subject: 'New recovery codes of your Pitwall account',
      said: 'New recovery codes were made for it; those of before are worth nothing any more.',
    });
    return { result: { codes }, targetId: userId, after: { recoveryCodes: codes.length } };
  },
});
