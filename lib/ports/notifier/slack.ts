import type { NotificationMessage } from '#lib/model/notification.ts';
import type { OutboundClient } from '#lib/outbound/client.ts';
import { postJson } from './http.ts';
import type { Notifier } from './port.ts';
import { alertLine, clip, headline, unlisted, webLink } from './words.ts';

/** Slack reads three characters as markup; everything else is inert once they are written out. */
function inert(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function link(url: string | null | undefined, text: string): string {
  const address = webLink(url);
  return address ? `<${inert(address).replaceAll('|', '%7C')}|${inert(text)}>` : inert(text);
}

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: clip(text, 2900) } });

function alertList(message: NotificationMessage): string {
  const lines = message.alerts.map((alert) => `• ${link(alert.url, clip(alertLine(alert), 200))}`);
  const rest = unlisted(message);
  return [...lines.slice(0, 10), ...(rest + lines.length > 10 ? ['…'] : [])].join('\n');
}

/** The blocks of a message (Block Kit); `text` is what notifications and old clients show. */
export function slackBody(message: NotificationMessage) {
  const { links, text, alerts } = message;
  const ways = [
    webLink(links.view) && link(links.view, 'Open'),
    webLink(links.runbook) && link(links.runbook, 'Runbook'),
  ].filter(Boolean);
  const foot = [...ways, inert(message.reason.replaceAll('_', ' '))].join(' · ');
  return {
    text: inert(clip(headline(message), 300)),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: clip(headline(message), 150) } },
      ...(text === '' ? [] : [section(inert(text))]),
      ...(alerts.length > 1 ? [section(alertList(message))] : []),
      { type: 'context', elements: [{ type: 'mrkdwn', text: foot }] },
    ],
  };
}

/** Slack's incoming webhooks. */
export function createSlackNotifier(client: OutboundClient): Notifier<'slack'> {
  return {
    send: ({ url }, { message, atMs }, signal) =>
      postJson(client, { url, body: slackBody(message), atMs, signal }),
  };
}
