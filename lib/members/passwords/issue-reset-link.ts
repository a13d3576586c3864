import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { normaliseEmail } from '../credentials/email.ts';
import { takeAllProofsOff } from '../second-factor/remove-second-factor.ts';
import { endLinks, makeLink } from './reset-link.ts';

/**
 * Makes a link for a new password for the operator of the host, who owns the database anyway: the way back in for an
 * admin whom no other admin and no mail can help, also for one whose provider is gone. Links of before end, and sessions go
 * on until the password is set. What proves them beside the password stays on, unless they lost that too.
 *
 * @throws AppError `not_found` for an address that nobody has, `conflict` for an account that is disabled
 */
export const issueResetLink = defineCommand({
  name: 'password.issue-reset-link',
  permission: 'password:reset',
  input: z.strictObject({
    email: z.string().max(320),
    /** Takes the authenticator app, recovery codes and passkeys off them at once. */
    withoutSecondFactor: z.boolean(),
  }),
  audit: { action: 'password.issue-reset-link', target: 'user' },
  async run({ input, tx, now }) {
    const { id, status } = users;
    const [user] = await tx
      .select({ id, status })
      .from(users)
      .where(eq(users.email, normaliseEmail(input.email) ?? ''));
    if (!user) throw new AppError('not_found', 'Nobody here has this address.');
    if (user.status !== 'active')
      throw new AppError('conflict', 'This account is disabled: another admin has to enable it first.');
    await endLinks(tx, user.id, now);
    const taken = input.withoutSecondFactor ? await takeAllProofsOff(tx, user.id) : null;
    const link = await makeLink(tx, user.id, now);
    return {
      result: link,
      targetId: user.id,
      before: { ...taken },
      after: { expiresAt: link.expiresAt, ...(taken && { authenticator: false, keys: [] }) },
    };
  },
});
