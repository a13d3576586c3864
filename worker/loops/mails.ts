import { type MailTools, sendMails } from '#lib/members/mail/send-mails.ts';
import type { Loop } from '../loop.ts';

/** Sends mails to people about their own accounts. */
export function mailLoop(tools: MailTools): Loop {
  return {
    name: 'mails',
    intervalMs: 30_000,
    timeoutMs: 300_000,
    exclusive: 'claims',
    step: () => sendMails(tools),
  };
}
