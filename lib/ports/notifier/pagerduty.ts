import { z } from 'zod';
import type { OutboundClient, OutboundResponse } from '#lib/outbound/client.ts';
import { postJson } from './http.ts';
import type { Delivery, Notifier, SendOutcome } from './port.ts';
import { clip, webLink, withWebLinks } from './words.ts';

const EVENTS_API = 'https://events.pagerduty.com/v2/enqueue';

/** One event of the Events API v2: all messages of a group carry the same `dedup_key` (alerting S41). */
function pagerDutyEvent(routingKey: string, { dedupKey, message, atMs }: Delivery) {
  const head = { routing_key: routingKey, dedup_key: dedupKey };
  if (message.status === 'resolved') return { ...head, event_action: 'resolve' };
  const links = [
    { href: webLink(message.links.view), text: 'Open' },
    { href: webLink(message.links.runbook), text: 'Runbook' },
  ].filter(({ href }) => href !== null);
  return {
    ...head,
    event_action: 'trigger',
    client: 'Pitwall',
    links,
    payload: {
      summary: clip(message.title, 1024),
      source: message.groupLabels.agent ?? 'pitwall',
      severity: message.severity,
      timestamp: new Date(atMs).toISOString(),
      custom_details: {
        text: clip(message.text, 4000),
        reason: message.reason,
        labels: message.groupLabels,
        alerts: withWebLinks(message).alerts.map(({ title, severity, status, url }) => ({
          title,
          severity,
          status,
          url,
        })),
        alert_count: message.alertCount,
      },
    },
  };
}

const answerSchema = z.object({ dedup_key: z.string().max(255) });

function read({ status, body }: OutboundResponse): SendOutcome {
  const parsed = answerSchema.safeParse(parseJson(body));
  return { kind: 'sent', providerId: parsed.success ? parsed.data.dedup_key : null, httpStatus: status };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** PagerDuty, Events API v2. */
export function createPagerDutyNotifier(client: OutboundClient): Notifier<'pagerduty'> {
  return {
    send: ({ routingKey, endpoint = EVENTS_API }, delivery, signal) =>
      postJson(
        client,
        { url: endpoint, body: pagerDutyEvent(routingKey, delivery), atMs: delivery.atMs, signal },
        read,
      ),
  };
}
