/**
 * Mails to people about their own accounts: enqueued by the command that causes them, sent by the worker. Their text
 * is sealed while it waits, since the links in it are secrets, and forgotten once they are gone.
 */
import type { Tx } from '#db/client.ts';
import { mails } from '#db/schema/mails.ts';
import type { Sealer } from '#lib/command/context.ts';
import type { CommandArgs } from '#lib/command/define-command.ts';
import { type Mail, mailSchema } from '#lib/model/mail.ts';

/** How long news of an account are worth sending. */
const NOTICE_VALID_MS = 24 * 3_600_000;

export interface MailOrder extends Mail {
  kind:
    | 'password-reset'
    | 'password-changed'
    | 'second-factor-enabled'
    | 'second-factor-disabled'
    | 'second-factor-reset'
    | 'recovery-codes-renewed'
    | 'passkey-added'
    | 'passkey-deleted'
    | 'identity-linked'
    | 'identity-unlinked'
    | 'invitation'
    | 'credential-ending';
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

/** News of an account: what was done to it, in sentences. */
interface Notice extends Pick<MailOrder, 'kind' | 'to' | 'subject'> {
  said: string;
}

/**
 * Tells somebody what was done to their account, in case it was not they who asked for it; nobody where no mail server is
 * set up.
 */
export async function enqueueNotice(
  { tx, now, deps }: Pick<CommandArgs<unknown>, 'tx' | 'now' | 'deps'>,
  { said, ...notice }: Notice,
): Promise<void> {
  if (!(await deps.sendsMail?.())) return;
  const text = [
    `About your account at ${deps.appUrl}, ${now.toISOString()}:`,
    said,
    '',
    'If you did not ask for this, tell an admin of your team at once.',
  ].join('\n');
  const expiresAt = new Date(now.getTime() + NOTICE_VALID_MS);
  await enqueueMail(tx, deps.sealer, { ...notice, text, expiresAt }, now);
}
