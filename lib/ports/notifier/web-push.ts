import webPush from 'web-push';
import type { PushPayload } from '#lib/model/push-payload.ts';
import type { OutboundClient } from '#lib/outbound/client.ts';
import { attempt } from './http.ts';
import type { Delivery, Notifier, SendOutcome } from './port.ts';
import { clip, headline } from './words.ts';

export interface VapidKeys {
  publicKey: string;
  privateKey: string;
  /** A real https or mailto address (alerting S97). */
  subject: string;
}

/** Bytes of plain text that fit into the 4096 of one encrypted record (RFC 8291, alerting S98). */
const MAX_PAYLOAD_BYTES = 3900;

function payloadOf(
  { id, topic, message, atMs }: Delivery,
  personId: string,
  bodyLength: number,
): PushPayload {
  const only = message.alertCount === 1 ? message.alerts[0] : undefined;
  return {
    v: 1,
    id,
    tag: topic,
    title: clip(headline(message), 150),
    body: clip(message.text, bodyLength),
    severity: message.severity,
    status: message.status,
    alertId: only?.id ?? null,
    alertCount: message.alertCount,
    url: message.links.view,
    ack: message.links.ack ?? null,
    reason: message.reason,
    personId,
    at: atMs,
  };
}

/** The text of the message shrinks until the whole fits. */
function pushPayload(delivery: Delivery, personId: string): string {
  for (const length of [2000, 500, 120]) {
    const payload = JSON.stringify(payloadOf(delivery, personId, length));
    if (Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES) return payload;
  }
  return JSON.stringify({ ...payloadOf(delivery, personId, 120), url: null, ack: null });
}

/** A topic has at most 32 characters of base64url; a UUID without its dashes has exactly that many. */
function topicOf(topic: string): string {
  return topic.replaceAll(/[^\w]/g, '').slice(0, 32);
}

function goneOr(outcome: SendOutcome): SendOutcome {
  const gone = outcome.kind === 'refused' && (outcome.httpStatus === 404 || outcome.httpStatus === 410);
  return gone ? { ...outcome, kind: 'gone' } : outcome;
}

const notSetUp: SendOutcome = {
  kind: 'refused',
  error: 'Web push is not set up (VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY).',
  httpStatus: null,
};

/** Web push (RFC 8030, 8291, 8292); a push service that has taken it on answers 201. */
export function createWebPushNotifier(client: OutboundClient, keys: VapidKeys | null): Notifier<'push'> {
  return {
    async send({ endpoint, p256dh, auth, personId }, delivery, signal) {
      if (keys === null) return notSetUp;
      if (!endpoint.startsWith('https://'))
        return { kind: 'refused', error: 'Push goes over https only.', httpStatus: null };
      let request: ReturnType<typeof webPush.generateRequestDetails>;
      try {
        request = webPush.generateRequestDetails(
          { endpoint, keys: { p256dh, auth } },
          pushPayload(delivery, personId),
          {
            vapidDetails: keys,
            TTL: delivery.ttlSeconds,
            urgency: 'high',
            topic: topicOf(delivery.topic),
            contentEncoding: 'aes128gcm',
          },
        );
      } catch {
        return { kind: 'gone', error: 'The keys of this device are not valid.', httpStatus: null };
      }
      const { 'Content-Length': _length, ...headers } = request.headers;
      const body = request.body ?? undefined;
      const outcome = await attempt(
        client,
        { url: endpoint, headers: textHeaders(headers), body, atMs: delivery.atMs, signal },
        ({ status, headers: { location } }) => ({
          kind: 'sent',
          providerId: typeof location === 'string' ? location.slice(0, 500) : null,
          httpStatus: status,
        }),
      );
      return goneOr(outcome);
    },
  };
}

const textHeaders = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
