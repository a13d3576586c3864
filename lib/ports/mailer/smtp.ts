import { mailSchema } from '#lib/model/mail.ts';
import { judgeMailError, type MailSource, openMailTransport } from '#lib/outbound/mail-transport.ts';
import type { Mailer, MailOutcome } from './port.ts';

const CONNECTIONS = 2;

const notSetUp: MailOutcome = { kind: 'retry', error: 'No mail server is set up.' };
const unsound: MailOutcome = { kind: 'refused', error: 'The mail is not sound.' };

/** Mail over SMTP, as plain text. */
export function createSmtpMailer(server: MailSource): Mailer & { close(): void } {
  const transport = openMailTransport(server, CONNECTIONS);
  return {
    async send(id, mail) {
      if (!mailSchema.safeParse(mail).success) return unsound;
      const { to, subject, text } = mail;
      try {
        const sent = await transport.send(({ from }) => ({
          from: { name: 'Pitwall', address: from },
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${id}@${from.split('@')[1]}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        }));
        return sent === null ? notSetUp : { kind: 'sent' };
      } catch (error) {
        const { permanent, words } = judgeMailError(error);
        return permanent
          ? { kind: 'refused', error: `The mail server refused: ${words}` }
          : { kind: 'retry', error: `The mail server did not take it: ${words}` };
      }
    },
    close: () => transport.close(),
  };
}
