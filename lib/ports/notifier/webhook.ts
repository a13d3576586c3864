import type { NotifierTargets, WebhookTemplate } from '#lib/model/notification-channel.ts';
import type { OutboundClient } from '#lib/outbound/client.ts';
import { attempt } from './http.ts';
import type { Delivery, Notifier } from './port.ts';
import { signedHeaders } from './webhook-signature.ts';
import { headline, withWebLinks } from './words.ts';

/** The body of a message where the channel has no template of its own. */
function webhookBody({ id, dedupKey, message, atMs }: Delivery) {
  return {
    type: message.reason === 'test' ? 'test' : `alert.${message.status}`,
    timestamp: new Date(atMs).toISOString(),
    data: { id, groupKey: dedupKey, ...withWebLinks(message) },
  };
}

function valuesOf({ id, message }: Delivery): Record<string, string> {
  return {
    id,
    headline: headline(message),
    title: message.title,
    text: message.text,
    severity: message.severity,
    status: message.status,
    reason: message.reason,
    count: String(message.alertCount),
    url: message.links.view ?? '',
    ack_url: message.links.ack ?? '',
    runbook_url: message.links.runbook ?? '',
  };
}

const ENCODERS: Record<WebhookTemplate['contentType'], (value: string) => string> = {
  'application/json': (value) => JSON.stringify(value).slice(1, -1),
  'application/x-www-form-urlencoded': encodeURIComponent,
  'text/plain': (value) => value,
};

/** Fills `{{name}}`, each value written as the content type wants it; an unknown name stays empty. */
function fillTemplate({ contentType, body }: WebhookTemplate, values: Record<string, string>): string {
  return body.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) =>
    ENCODERS[contentType]((Object.hasOwn(values, name) ? (values[name] ?? '') : '').toWellFormed()),
  );
}

/** A template that does not make what it promises must not hold back a page: the plain form goes instead. */
function isSound({ contentType }: WebhookTemplate, filled: string): boolean {
  if (contentType !== 'application/json') return true;
  try {
    JSON.parse(filled);
    return true;
  } catch {
    return false;
  }
}

function bodyOf(template: WebhookTemplate | undefined, delivery: Delivery): { type: string; body: string } {
  if (template) {
    const body = fillTemplate(template, valuesOf(delivery));
    if (isSound(template, body)) return { type: template.contentType, body };
  }
  return { type: 'application/json', body: JSON.stringify(webhookBody(delivery)) };
}

/** A request of our own form or of the channel's template, signed per Standard Webhooks. */
export function createWebhookNotifier(client: OutboundClient): Notifier<'webhook'> {
  return {
    send(target: NotifierTargets['webhook'], delivery, signal) {
      const { type, body } = bodyOf(target.template, delivery);
      const signed = signedHeaders(target.signingSecrets, { id: delivery.id, atMs: delivery.atMs, body });
      const headers = { ...target.headers, 'content-type': type, ...signed };
      return attempt(client, { url: target.url, headers, body, atMs: delivery.atMs, signal });
    },
  };
}
