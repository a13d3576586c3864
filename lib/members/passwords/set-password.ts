/**
 * Passwords: choosing a new one while signed in, and by a link from a mail. The rules for a good one are those of the
 * first sign-in (security A12).
 */
import { and, eq, isNull } from 'drizzle-orm';
import { users } from '#db/schema/members.ts';
import { signInChallenges } from '#db/schema/sign-in.ts';
import type { CommandArgs } from '#lib/command/define-command.ts';
import { hashChosenPassword } from '../credentials/chosen-password.ts';
import { enqueueNotice } from '../mail/enqueue-mail.ts';
import { endLinks } from './reset-link.ts';

interface Person {
  id: string;
  email: string;
  name: string;
}

/**
 * Gives somebody a new password, ends links that were to do so and second steps that the former one opened, and tells
 * them by mail, in case it was not them.
 *
 * @throws AppError `invalid` with the reason at `password`
 */
export async function setPassword(
  args: Pick<CommandArgs<unknown>, 'tx' | 'now' | 'deps'>,
  { id, email, name }: Person,
  password: string,
): Promise<void> {
  const { tx, now } = args;
  const passwordHash = await hashChosenPassword(password, { email, name }, 'password');
  await tx.update(users).set({ passwordHash, passwordChangedAt: now }).where(eq(users.id, id));
  await endLinks(tx, id, now);
  const waiting = and(eq(signInChallenges.userId, id), eq(signInChallenges.kind, 'second-factor'));
  await tx
    .update(signInChallenges)
    .set({ usedAt: now })
    .where(and(waiting, isNull(signInChallenges.usedAt)));
  await enqueueNotice(args, {
    kind: 'password-changed',
    to: email,
    subject: 'Your Pitwall password was changed',
    said: 'Its password was changed, and your other sessions have ended.',
  });
}
