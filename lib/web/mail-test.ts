import type { UserActor } from '#lib/access/actor.ts';
import { holds } from '#lib/access/require.ts';
import { execute } from '#lib/command/define-command.ts';
import type { WebContext } from '#lib/compose/web.ts';
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
 * audit row; the mail itself leaves after it, since no transaction should wait for a mail server. Who may not takes
 * nothing from the budget of those who may (security O10).
 */
export async function tryMailServer(context: WebContext, actor: UserActor): Promise<MailTestResult> {
  if (holds(actor, testMailServer.permission)) await context.budgets.mailTest.take('installation');
  const { to } = await execute(context, actor, testMailServer, {});
  const outcome = await context.mailer.send(uuidv7(), {
    to,
    subject: 'Test of the mail server',
    text: `${actor.name} tried the mail server of ${context.config.app.url}. It works.`,
  });
  return { to, error: 'error' in outcome ? outcome.error : null };
}

/** The server action of it. */
export const sendTestMail = (): Promise<ActionResult<MailTestResult>> =>
  signedInAction((context, { actor }) => tryMailServer(context, actor));
