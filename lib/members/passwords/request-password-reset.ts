import { and, count, eq, gt, isNotNull, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { users } from '#db/schema/members.ts';
import { passwordResets } from '#db/schema/sign-in.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { normaliseEmail } from '../credentials/email.ts';
import { mailLink, makeLink } from './reset-link.ts';

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

/**
 * Mails a link that lets its holder choose a new password. The answer is the same whether the address is known or not
 * (security A12). Where no mail server is set up there is no link for anybody, whoever is asked for.
 */
export const requestPasswordReset = defineCommand({
  name: 'password.request-reset',
  permission: 'password:reset',
  input: z.strictObject({ email: z.string().max(320) }),
  audit: { action: 'password.request-reset', target: 'user' },
  async run(args) {
    const { input, tx, now, deps } = args;
    const email = normaliseEmail(input.email) ?? '';
    const recipient = (await deps.sendsMail?.()) ? await findRecipient(tx, email, now) : null;
    const after = { email, isSent: recipient !== null };
    if (!recipient) return { result: undefined, targetId: '', after };
    const link = await makeLink(tx, recipient.id, now);
    const why = 'Somebody, probably you, asked for a new password for your Pitwall account.';
    await mailLink(args, { to: recipient.email, why }, link);
    return { result: undefined, targetId: recipient.id, after };
  },
});
