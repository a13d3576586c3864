import type { MailServer } from '#lib/model/installation-settings.ts';
import type { NotificationMessage } from '#lib/model/notification.ts';
import { mailAddress } from '#lib/model/notification-channel.ts';
import { judgeMailError, type MailSource, openMailTransport } from '#lib/outbound/mail-transport.ts';
import type { Delivery, Notifier, SendOutcome } from './port.ts';
import { alertLine, clip, headline, unlisted, webLink } from './words.ts';

const CONNECTIONS = 4;

function inert(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const ways = ({ links }: NotificationMessage): [string, string][] =>
  (
    [
      ['Acknowledge', webLink(links.ack)],
      ['Open', webLink(links.view)],
      ['Runbook', webLink(links.runbook)],
    ] as const
  ).flatMap(([name, url]) => (url === null ? [] : [[name, url]]));

/** The message as plain text. */
function mailText(message: NotificationMessage): string {
  const rest = unlisted(message);
  const list = message.alerts.length > 1 ? message.alerts.map((alert) => `- ${alertLine(alert)}`) : [];
  return [
    headline(message),
    ...(message.text === '' ? [] : ['', message.text]),
    ...(list.length > 0 ? ['', ...list, ...(rest > 0 ? [`- and ${rest} more`] : [])] : []),
    ...(ways(message).length > 0 ? ['', ...ways(message).map(([name, url]) => `${name}: ${url}`)] : []),
    '',
    `Reason: ${message.reason.replaceAll('_', ' ')}`,
  ].join('\n');
}

/** The message as HTML: foreign text is inert, links lead to web addresses only (security O9, N7). */
export function mailHtml(message: NotificationMessage): string {
  const items = message.alerts.map((alert) => {
    const url = webLink(alert.url);
    const line = inert(alertLine(alert));
    return `<li>${url ? `<a href="${inert(url)}">${line}</a>` : line}</li>`;
  });
  const rest = unlisted(message);
  if (rest > 0) items.push(`<li>and ${rest} more</li>`);
  const links = ways(message).map(
    ([name, url]) => `<a href="${inert(url)}" style="margin-right:16px">${name}</a>`,
  );
  return [
    '<!doctype html><html><body style="font-family:sans-serif;font-size:15px;line-height:1.5">',
    `<h1 style="font-size:18px">${inert(headline(message))}</h1>`,
    `<p style="white-space:pre-wrap">${inert(message.text)}</p>`,
    message.alerts.length > 1 ? `<ul>${items.join('')}</ul>` : '',
    links.length > 0 ? `<p>${links.join('')}</p>` : '',
    `<p style="color:#666;font-size:13px">Reason: ${inert(message.reason.replaceAll('_', ' '))}</p>`,
    '</body></html>',
  ].join('');
}

/** What the library throws: an answer of the server, or none. */
function judge(error: unknown): SendOutcome {
  const { permanent, words } = judgeMailError(error);
  return permanent
    ? { kind: 'refused', error: `The mail server refused: ${words}`, httpStatus: null }
    : {
        kind: 'retry',
        error: `The mail server did not take it: ${words}`,
        httpStatus: null,
        retryAfterMs: null,
      };
}

function mailOf(
  server: Pick<MailServer, 'from'>,
  recipients: readonly string[],
  { id, message, topic }: Delivery,
) {
  return {
    from: { name: 'Pitwall', address: server.from },
    to: recipients.map((address) => ({ name: '', address })),
    subject: clip(headline(message).replaceAll(/\s+/g, ' '), 200),
    text: mailText(message),
    html: mailHtml(message),
    // The same on every attempt, so that a mail program shows a repeated one once.
    messageId: `<${id}@${server.from.split('@')[1]}>`,
    references: `<${topic}@${server.from.split('@')[1]}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Pitwall-Notification': id },
  };
}

const notSetUp: SendOutcome = {
  kind: 'refused',
  error: 'No mail server is set up.',
  httpStatus: null,
};

/** E-mail over SMTP; taken on by the server means `sent`. */
export function createEmailNotifier(server: MailSource): Notifier<'email'> & { close(): void } {
  const transport = openMailTransport(server, CONNECTIONS);
  return {
    async send({ recipients }, delivery) {
      const wrong = recipients.find((recipient) => !mailAddress.safeParse(recipient).success);
      if (wrong !== undefined || recipients.length === 0)
        return { kind: 'refused', error: 'An address of the recipients is not valid.', httpStatus: null };
      try {
        const providerId = await transport.send((from) => mailOf(from, recipients, delivery));
        return providerId === null ? notSetUp : { kind: 'sent', providerId, httpStatus: null };
      } catch (error) {
        return judge(error);
      }
    },
    close: () => transport.close(),
  };
}
