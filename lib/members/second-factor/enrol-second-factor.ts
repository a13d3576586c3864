import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '#db/schema/members.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { actingPerson } from '../acting-person.ts';
import { enqueueNotice } from '../mail/enqueue-mail.ts';
import { authenticatorUri, newAuthenticatorSecret, stepOfCode } from './authenticator.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';

const ON_ALREADY = 'Codes of an authenticator app are on already.';

/** Makes a secret for an authenticator app; nothing is asked for until a code of it has been confirmed. */
export const beginSecondFactor = defineCommand({
  name: 'second-factor.begin',
  permission: 'credentials:manage-own',
  input: z.strictObject({}),
  audit: { action: 'second-factor.begin', target: 'user' },
  async run({ actor, tx, now, deps }) {
    const { userId, email } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    const secret = newAuthenticatorSecret();
    const begun = await tx
      .update(users)
      .set({ totpSecret: deps.sealer.seal(secret), totpLastStep: null })
      .where(and(eq(users.id, userId), isNull(users.totpConfirmedAt)))
      .returning({ id: users.id });
    if (begun.length === 0) throw new AppError('conflict', ON_ALREADY);
    return { result: { secret, uri: authenticatorUri(secret, email) }, targetId: userId };
  },
});

/**
 * Switches the second factor on with a first code of the app, and tells the person by mail. The answer holds the
 * recovery codes, which are never shown again.
 */
export const confirmSecondFactor = defineCommand({
  name: 'second-factor.confirm',
  permission: 'credentials:manage-own',
  input: z.strictObject({ code: z.string().max(20) }),
  audit: { action: 'second-factor.enable', target: 'user' },
  async run(args) {
    const { input, actor, tx, now, deps } = args;
    const { userId, email } = actingPerson(actor);
    requireRecentSignIn(actor, now);
    const [user] = await tx
      .select({ secret: users.totpSecret, confirmedAt: users.totpConfirmedAt })
      .from(users)
      .where(eq(users.id, userId))
      .for('update');
    if (!user?.secret || user.confirmedAt)
      throw new AppError('conflict', user?.secret ? ON_ALREADY : 'Begin anew.');
    const code = input.code.replaceAll(/\s/g, '');
    const step = stepOfCode(deps.sealer.open(user.secret), code, now.getTime());
    if (step === null) {
      const message = 'This code is not right. Codes change every 30 seconds; check the clock of the phone.';
      throw new AppError('invalid', message, { issues: [{ path: 'code', message }] });
    }
    await tx.update(users).set({ totpConfirmedAt: now, totpLastStep: step }).where(eq(users.id, userId));
    const codes = await replaceRecoveryCodes(tx, userId, now);
    await enqueueNotice(args, {
      kind: 'second-factor-enabled',
      to: email,
      subject: 'An authenticator app was added to your Pitwall account',
      said: 'From now on its password asks for a code of the app, or for a recovery code.',
    });
    return {
      result: { codes },
      targetId: userId,
      after: { secondFactorSince: now, recoveryCodes: codes.length },
    };
  },
});
