import { mailSchema } from '#lib/model/mail.ts';
import { judgeMailError, type MailServer, openMailTransport } from '#lib/outbound/mail-transport.ts';
import type { Mailer, MailOutcome } from './port.ts';

const CONNECTIONS = 2;

const notSetUp: MailOutcome = { kind: 'retry', error: 'No mail server is set up (SMTP_HOST).' };
const unsound: MailOutcome = { kind: 'refused', error: 'The mail is not sound.' };

/** Mail over SMTP, as plain text. */
export function createSmtpMailer(server: MailServer | null): Mailer & { close(): void } {
  const transport = server && openMailTransport(server, CONNECTIONS);
  return {
    async send(id, mail) {
      if (!server || !transport) return notSetUp;
      if (!mailSchema.safeParse(mail).success) return unsound;
      const { to, subject, text } = mail;
      try {
        await transport.sendMail({
          from: { name: 'Pitwall', address: server.from },
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${id}@${server.from.split('@')[1]}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { kind: 'sent' };
      } catch (error) {
        const { permanent, words } = judgeMailError(error);
        return permanent
          ? { kind: 'refused', error: `The mail server refused: ${words}` }
          : { kind: 'retry', error: `The mail server did not take it: ${words}` };
      }
    },
    close: () => transport?.close(),
  };
}
