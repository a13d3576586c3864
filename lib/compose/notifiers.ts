import type { Config } from '#lib/config/config.ts';
import { createOutboundClient } from '#lib/outbound/client.ts';
import type { MailSource } from '#lib/outbound/mail-transport.ts';
import { createEmailNotifier } from '#lib/ports/notifier/email.ts';
import { createPagerDutyNotifier } from '#lib/ports/notifier/pagerduty.ts';
import type { Notifiers } from '#lib/ports/notifier/port.ts';
import { createSlackNotifier } from '#lib/ports/notifier/slack.ts';
import { createTeamsNotifier } from '#lib/ports/notifier/teams.ts';
import { createWebPushNotifier } from '#lib/ports/notifier/web-push.ts';
import { createWebhookNotifier } from '#lib/ports/notifier/webhook.ts';

/** Milliseconds that a receiver has to answer. */
const RECEIVER_TIMEOUT_MS = 10_000;

interface NotifierParts extends Pick<Config, 'push'> {
  app: Pick<Config['app'], 'outbound'>;
  mailServer: MailSource;
}

/** The ways out of this installation. */
export function makeNotifiers(
  { app, mailServer, push }: NotifierParts,
  timeoutMs: number = RECEIVER_TIMEOUT_MS,
): Notifiers & { close(): Promise<void> } {
  const client = createOutboundClient({ policy: app.outbound, timeoutMs, keepAlive: true });
  const email = createEmailNotifier(mailServer);
  return {
    email,
    slack: createSlackNotifier(client),
    teams: createTeamsNotifier(client),
    pagerduty: createPagerDutyNotifier(client),
    webhook: createWebhookNotifier(client),
    push: createWebPushNotifier(client, push),
    async close() {
      email.close();
      await client.close();
    },
  };
}
