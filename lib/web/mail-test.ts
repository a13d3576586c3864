import { execute } from '#lib/command/define-command.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { testMailServer } from '#lib/settings/mail-server.ts';
import { type ActionResult, signedInAction } from './action.ts';

/** What became of a test mail. */
interface MailTestResult {
  to: string;
  /** In the words of the mail server; null: it took the mail. */
  error: string | null;
}

/**
 * Sends a mail to the person who asks, through the mail server in force. The command says who may and leaves the
 * audit row; the mail itself leaves after it, since no transaction should wait for a mail server (security O10).
 */
export function sendTestMail(): Promise<ActionResult<MailTestResult>> {
  return signedInAction(async (context, { actor }) => {
    await context.budgets.mailTest.take('installation');
    const { to } = await execute(context, actor, testMailServer, {});
    const outcome = await context.mailer.send(uuidv7(), {
      to,
      subject: 'Test of the mail server',
      text: `${actor.name} tried the mail server of ${context.config.app.url}. It works.`,
    });
    return { to, error: 'error' in outcome ? outcome.error : null };
  });
}
