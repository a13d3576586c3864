/**
 * Mails to people about their own accounts: enqueued by the command that causes them, sent by the worker. Their text
 * is sealed while it waits, since the links in it are secrets, and forgotten once they are gone.
 */
import type { Tx } from '#db/client.ts';
import { mails } from '#db/schema/mails.ts';
import type { Sealer } from '#lib/command/context.ts';
import { type Mail, mailSchema } from '#lib/model/mail.ts';

export interface MailOrder extends Mail {
  kind: 'password-reset' | 'password-changed' | 'second-factor-reset' | 'invitation';
  /** After this it is not sent any more. */
  expiresAt: Date;
}

/**
 * Puts a mail into the queue, in the caller's transaction.
 *
 * @throws ZodError when an address or a subject is none: nothing of theirs gets into the head of a mail (security O9)
 */
export async function enqueueMail(
  tx: Tx,
  sealer: Sealer,
  { kind, expiresAt, ...mail }: MailOrder,
  now: Date,
) {
  const { to, subject, text } = mailSchema.parse(mail);
  const sealedMessage = sealer.seal(JSON.stringify({ subject, text }));
  await tx
    .insert(mails)
    .values({ kind, recipient: to, sealedMessage, expiresAt, createdAt: now, nextAttemptAt: now });
}
