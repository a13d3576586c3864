import { and, eq, gt, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { passwordResets } from '#db/schema/sign-in.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { endSessionsOf } from '../end-sessions.ts';
import { hashToken } from '../session-token.ts';
import { setPassword } from './set-password.ts';

const usable = (token: string, now: Date) =>
  and(
    eq(passwordResets.tokenHash, hashToken(token)),
    isNull(passwordResets.usedAt),
    gt(passwordResets.expiresAt, now),
  );

/** Whether a link from a mail could still be used; says nothing about why not. */
export async function isResetTokenUsable(db: Reader, token: string, now: Date): Promise<boolean> {
  const rows = await db
    .select({ at: passwordResets.createdAt })
    .from(passwordResets)
    .where(usable(token, now));
  return rows.length > 0;
}

/**
 * Sets a new password with a link from a mail, which is spent by it, and ends every session of the person. A password
 * that is too weak leaves the link as it was.
 */
export const completePasswordReset = defineCommand({
  name: 'password.reset',
  permission: 'password:reset',
  input: z.strictObject({ token: z.string().max(200), password: z.string().max(1024) }),
  audit: { action: 'password.reset', target: 'user' },
  async run(args) {
    const { input, tx, now } = args;
    const [spent] = await tx
      .update(passwordResets)
      .set({ usedAt: now })
      .where(usable(input.token, now))
      .returning({ userId: passwordResets.userId });
    const [user] = spent
      ? await tx
          .select({ id: users.id, email: users.email, name: users.name, at: users.passwordChangedAt })
          .from(users)
          .where(and(eq(users.id, spent.userId), eq(users.status, 'active')))
      : [];
    if (!user) throw new AppError('not_found', 'This link is not valid any more. Ask for a new one.');
    await setPassword(args, user, input.password);
    const sessionsEnded = await endSessionsOf(tx, user.id, now, args.announce);
    return {
      result: undefined,
      targetId: user.id,
      before: { passwordChangedAt: user.at },
      after: { passwordChangedAt: now, sessionsEnded },
    };
  },
});
