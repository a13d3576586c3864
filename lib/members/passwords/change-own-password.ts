import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '#db/schema/members.ts';
import { requireRecentSignIn } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { actingPerson } from '../acting-person.ts';
import { verifyPassword } from '../credentials/password.ts';
import { endOtherSessions } from '../end-sessions.ts';
import { renewSession } from '../renew-session.ts';
import { setPassword } from './set-password.ts';

/**
 * Changes the own password, or chooses the first one of somebody who came through a provider. It takes the current
 * password or a recent sign-in; all other sessions end, and this one gets a new token, which is the answer.
 *
 * @throws AppError `forbidden` when the current password is not right, `invalid` when the new one is too weak
 */
export const changeOwnPassword = defineCommand({
  name: 'password.change-own',
  permission: 'credentials:manage-own',
  input: z.strictObject({
    /** Empty: the person signed in minutes ago. */
    current: z.string().max(1024),
    password: z.string().max(1024),
  }),
  audit: { action: 'password.change', target: 'user' },
  async run(args) {
    const { input, actor, tx, now } = args;
    const { userId, sessionId } = actingPerson(actor);
    const [user] = await tx
      .select({
        id: users.id,
        email: users.email,
        name: users.name,
        hash: users.passwordHash,
        at: users.passwordChangedAt,
      })
      .from(users)
      .where(eq(users.id, userId))
      .for('update');
    if (!user) throw new AppError('not_found', 'This account is gone.');
    if (input.current === '') requireRecentSignIn(actor, now);
    else if (!(await verifyPassword(input.current, user.hash)))
      throw new AppError('forbidden', 'The current password is not right.');
    await setPassword(args, user, input.password);
    const result = await renewSession(tx, userId, sessionId);
    const sessionsEnded = await endOtherSessions(tx, { userId, sessionId }, now, args.announce);
    return {
      result,
      targetId: userId,
      before: { passwordChangedAt: user.at },
      after: { passwordChangedAt: now, first: user.hash === null, sessionsEnded },
    };
  },
});
