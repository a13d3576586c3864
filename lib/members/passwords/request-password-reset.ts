import { and, count, eq, gt, isNotNull, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { passwordResets } from '#db/schema/sign-in.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { paths } from '#lib/model/paths.ts';
import { normaliseEmail } from '../credentials/email.ts';
import { enqueueMail } from '../mail/enqueue-mail.ts';
import { hashToken } from '../session-token.ts';

const VALID_MS = 30 * 60_000;
const HOUR_MS = 3_600_000;
/** More mails an hour are sent to nobody, however often somebody asks. */
const MAILS_PER_HOUR = 3;

/**
 * Who may have a link: somebody with a password who has not just had some. The address of somebody whom provisioning
 * keeps is its client's to change, so that no link goes there: a token that leaked would open their account. They sign
 * in at their provider and choose a new password.
 */
async function findRecipient(tx: Tx, email: string, now: Date) {
  const { id } = users;
  const [user] = await tx
    .select({ id, email: users.email })
    .from(users)
    .where(
      and(
        eq(users.email, email),
        eq(users.status, 'active'),
        isNotNull(users.passwordHash),
        isNull(users.provisionedIssuer),
      ),
    );
  if (!user) return null;
  const lately = gt(passwordResets.createdAt, new Date(now.getTime() - HOUR_MS));
  const [sent] = await tx
    .select({ mails: count() })
    .from(passwordResets)
    .where(and(eq(passwordResets.userId, user.id), lately));
  return (sent?.mails ?? 0) < MAILS_PER_HOUR ? user : null;
}

const words = (link: string) => `Somebody, probably you, asked for a new password for your Pitwall account.

Open this link within 30 minutes to choose one. It works once:

${link}

If it was not you, do nothing: your password stays as it is.`;

/**
 * Mails a link that lets its holder choose a new password, valid for 30 minutes. The answer is the same whether the
 * address is known or not (security A12); the link is made of the configured address alone (security A15).
 */
export const requestPasswordReset = defineCommand({
  name: 'password.request-reset',
  permission: 'password:reset',
  input: z.strictObject({ email: z.string().max(320) }),
  audit: { action: 'password.request-reset', target: 'user' },
  async run({ input, tx, now, deps }) {
    const email = normaliseEmail(input.email) ?? '';
    const recipient = await findRecipient(tx, email, now);
    const after = { email, isSent: recipient !== null };
    if (!recipient) return { result: undefined, targetId: '', after };
    const token = randomToken(32);
    const { id: userId, email: to } = recipient;
    const expiresAt = new Date(now.getTime() + VALID_MS);
    await tx
      .insert(passwordResets)
      .values({ tokenHash: hashToken(token), userId, createdAt: now, expiresAt });
    const text = words(`${deps.appUrl}${paths.resetPassword(token)}`);
    const mail = { kind: 'password-reset', to, subject: 'Choose a new Pitwall password', text } as const;
    await enqueueMail(tx, deps.sealer, { ...mail, expiresAt }, now);
    return { result: undefined, targetId: userId, after };
  },
});
