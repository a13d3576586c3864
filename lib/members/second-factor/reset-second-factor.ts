import { z } from 'zod';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { accountOf, refuseSelf, refuseStrongerAccount } from '../accounts/account-rows.ts';
import { enqueueNotice } from '../mail/enqueue-mail.ts';
import { takeAllProofsOff } from './remove-second-factor.ts';

/**
 * Takes everything off somebody that proves them beside their password: the authenticator app, recovery codes and
 * passkeys, since the phone that is lost may hold all of them and a passkey signs in alone. For admins of accounts who
 * hold at least as much (security Z6), and never for the own account, which gives a code for it. Sessions go on until
 * they are ended.
 *
 * @throws AppError `not_found` for no such account and where there is nothing to take off, `forbidden`, `conflict`
 */
export const resetSecondFactor = defineCommand({
  name: 'second-factor.reset',
  permission: 'accounts:manage',
  input: z.strictObject({ userId: z.uuid() }),
  audit: { action: 'second-factor.reset', target: 'user' },
  async run(args) {
    const { input, actor, tx, now } = args;
    const { userId } = input;
    requireRecentSignIn(actor, now);
    refuseSelf(actor, userId);
    const { email } = await accountOf(tx, userId);
    await refuseStrongerAccount(tx, actor, userId);
    const { authenticator, keys } = await takeAllProofsOff(tx, userId);
    if (!authenticator && keys.length === 0)
      throw new AppError('not_found', 'There is no second factor to take off.');
    await enqueueNotice(args, {
      kind: 'second-factor-reset',
      to: email,
      subject: 'Your Pitwall second factor was reset',
      said: 'An admin took the authenticator app, the recovery codes and all passkeys off it. Sign in without them, and set up new ones under Security in the settings.',
    });
    return {
      result: { userId, authenticator, passkeys: keys.length },
      targetId: userId,
      // Not by a name that speaks of a secret: the ledger would leave out which they were.
      before: { authenticator, keys },
      after: { authenticator: false, keys: [] },
    };
  },
});
