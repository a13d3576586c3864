import type { Severity } from '#lib/model/alert.ts';
import type { NotificationMessage } from '#lib/model/notification.ts';
import type { OutboundClient } from '#lib/outbound/client.ts';
import { postJson } from './http.ts';
import type { Notifier } from './port.ts';
import { alertLine, clip, headline, unlisted, webLink } from './words.ts';

const COLOURS: Record<Severity, string> = {
  info: 'Accent',
  warning: 'Warning',
  error: 'Attention',
  critical: 'Attention',
};

/** A TextBlock reads Markdown: links, lists and emphasis of foreign text are written out. */
function inert(text: string): string {
  return text.replaceAll(/[\\`*_[\]()#>~|-]/g, String.raw`\$&`);
}

const block = (text: string, more: Record<string, unknown> = {}) => ({
  type: 'TextBlock',
  text,
  wrap: true,
  ...more,
});

function openUrl(title: string, url: string | null | undefined) {
  const address = webLink(url);
  return address ? [{ type: 'Action.OpenUrl', title, url: address }] : [];
}

function alertList(message: NotificationMessage) {
  const { alerts } = message;
  if (alerts.length < 2) return [];
  const rest = unlisted(message);
  const lines = alerts.map((alert) => `- ${inert(clip(alertLine(alert), 200))}`);
  return [block([...lines, ...(rest > 0 ? [`- ${rest} more`] : [])].join('\r'))];
}

/** A message with one Adaptive Card, as the Workflows webhook of a channel takes it. */
export function teamsBody(message: NotificationMessage) {
  const { status, severity, text, links } = message;
  const color = status === 'firing' ? COLOURS[severity] : status === 'resolved' ? 'Good' : 'Default';
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      block(inert(clip(headline(message), 300)), { weight: 'Bolder', size: 'Medium', color }),
      ...(text === '' ? [] : [block(inert(clip(text, 3000)))]),
      ...alertList(message),
      block(message.reason.replaceAll('_', ' '), { isSubtle: true, size: 'Small' }),
    ],
    actions: [...openUrl('Open', links.view), ...openUrl('Runbook', links.runbook)],
  };
  return {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card },
    ],
  };
}

/** Microsoft Teams, through a webhook of its Workflows; the answer 202 says that the flow was started. */
export function createTeamsNotifier(client: OutboundClient): Notifier<'teams'> {
  return {
    send: ({ url }, { message, atMs }, signal) =>
      postJson(client, { url, body: teamsBody(message), atMs, signal }, ({ status }) => ({
        kind: status === 202 ? 'sent' : 'delivered',
        providerId: null,
        httpStatus: status,
      })),
  };
}
