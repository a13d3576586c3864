import { createECDH, createHmac, randomBytes } from 'node:crypto';
import tls from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { createOutboundClient } from '#lib/outbound/client.ts';
import { startMailServer } from '#lib/testing/mail-server.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { makePushBrowser } from '#lib/testing/push-browser.ts';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { makeCertificate } from '#lib/testing/tls.ts';
import { hostileDelivery, type Mood, type NotifierHarness, notifierContract } from './contract.ts';
import { createEmailNotifier, mailHtml } from './email.ts';
import { createPagerDutyNotifier } from './pagerduty.ts';
import { createSlackNotifier, slackBody } from './slack.ts';
import { createTeamsNotifier, teamsBody } from './teams.ts';
import { createWebPushNotifier } from './web-push.ts';
import { createWebhookNotifier } from './webhook.ts';

const certificate = makeCertificate();
tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate.cert]);
const client = createOutboundClient({ policy: LOOPBACK, timeoutMs: 1000 });
afterAll(() => client.close());

const moodOf = (receiver: Receiver) => (mood: Mood) => {
  if (mood === 'takes') receiver.answer({ status: 202 });
  if (mood === 'refuses') receiver.answer({ status: 400, body: 'invalid payload' });
  if (mood === 'is-busy') receiver.answer({ status: 429, headers: { 'retry-after': '3' } });
  if (mood === 'is-away') receiver.answer('reset');
};

async function overHttp<K extends 'slack' | 'teams' | 'pagerduty' | 'webhook'>(
  make: (receiver: Receiver) => Pick<NotifierHarness<K>, 'notifier' | 'target'>,
): Promise<NotifierHarness<K>> {
  const receiver = await startReceiver();
  return {
    ...make(receiver),
    be: moodOf(receiver),
    seen: () => receiver.received.map(({ body }) => body.replaceAll('\\u003c', '<')),
    close: () => receiver.close(),
  };
}

notifierContract('slack', () =>
  overHttp(({ url }) => ({ notifier: createSlackNotifier(client), target: { url } })),
);
notifierContract('teams', () =>
  overHttp(({ url }) => ({ notifier: createTeamsNotifier(client), target: { url } })),
);
const routingKey = 'R'.repeat(32);
notifierContract('pagerduty', () =>
  overHttp(({ url }) => ({
    notifier: createPagerDutyNotifier(client),
    target: { routingKey, endpoint: url },
  })),
);

test('security N7: what Slack and Teams read as markup and what mails show as HTML is written out', () => {
  const { message } = hostileDelivery();
  const markup = JSON.stringify(slackBody(message).blocks.filter(({ type }) => type !== 'header'));
  expect(markup).toContain('&lt;!channel&gt;');
  expect(markup).not.toContain('<!channel>');
  expect(JSON.stringify(teamsBody(message))).not.toContain('[a](javascript');
  const html = mailHtml(message);
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(html).not.toMatch(/<(img|script|b)\b/);
});

test('alerting S41: all events of a group carry its key to PagerDuty, and the last resolves it', async () => {
  const receiver = await startReceiver();
  receiver.answer({ status: 202, body: '{"status":"success","dedup_key":"d"}' });
  const pagerDuty = createPagerDutyNotifier(client);
  const target = { routingKey, endpoint: receiver.url };
  const delivery = hostileDelivery();
  const stop = AbortSignal.timeout(5000);
  const first = await pagerDuty.send(target, delivery, stop);
  const message = { ...delivery.message, status: 'resolved' as const };
  await pagerDuty.send(target, { ...delivery, message }, stop);
  const events = receiver.received.map(({ body }) => JSON.parse(body));
  expect(events).toMatchObject([
    { event_action: 'trigger', dedup_key: delivery.dedupKey, payload: { severity: 'critical' } },
    { event_action: 'resolve', dedup_key: delivery.dedupKey },
  ]);
  expect(first).toMatchObject({ kind: 'sent', providerId: 'd' });
  expect(events[0].links).toEqual([{ href: 'https://pitwall.example/alerts/1', text: 'Open' }]);
  await receiver.close();
});

notifierContract('webhook', () =>
  overHttp(({ url }) => ({
    notifier: createWebhookNotifier(client),
    target: { url, signingSecrets: [] },
  })),
);

test('alerting S94, security O7: a webhook is signed by both keys while one is rotated', async () => {
  const receiver = await startReceiver();
  const secrets = [randomBytes(32), randomBytes(32)];
  const signingSecrets = secrets.map((secret) => `whsec_${secret.toString('base64')}`);
  await createWebhookNotifier(client).send(
    { url: receiver.url, signingSecrets },
    hostileDelivery(),
    AbortSignal.timeout(5000),
  );
  const [got] = receiver.received;
  const signed = `${got?.headers['webhook-id']}.${got?.headers['webhook-timestamp']}.${got?.body}`;
  const wanted = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`,
  );
  expect(String(got?.headers['webhook-signature']).split(' ')).toEqual(wanted);
  expect(got?.headers['webhook-id']).toBe(hostileDelivery().id);
  await receiver.close();
});

test('a template of a gateway is filled in its own content type; one that makes no JSON goes as the plain form', async () => {
  const receiver = await startReceiver();
  const webhook = createWebhookNotifier(client);
  const send = (contentType: 'application/json' | 'application/x-www-form-urlencoded', body: string) =>
    webhook.send(
      { url: receiver.url, signingSecrets: [], template: { contentType, body } },
      hostileDelivery(),
      AbortSignal.timeout(5000),
    );
  await send('application/x-www-form-urlencoded', 'To=%2B4912345&Body={{headline}}&Nothing={{constructor}}');
  await send('application/json', '{"text": "{{ title }}"}');
  await send('application/json', '{"text": {{title}} }');
  const [form, json, broken] = receiver.received;
  const fields = new URLSearchParams(form?.body);
  expect(fields.get('Body')).toContain('CRITICAL: p95 <script>');
  expect([...fields.keys()]).toEqual(['To', 'Body', 'Nothing']);
  expect(JSON.parse(json?.body ?? '').text).toContain('"{{x}}"');
  expect(JSON.parse(broken?.body ?? '')).toMatchObject({ type: 'alert.firing' });
  await receiver.close();
});

notifierContract('email', async () => {
  const server = await startMailServer();
  const mail = {
    host: '127.0.0.1',
    port: server.port,
    tls: 'none',
    account: null,
    from: 'pitwall@example.test',
  } as const;
  let isAway = false;
  const notifier = createEmailNotifier(() => (isAway ? { ...mail, port: 1 } : mail));
  return {
    notifier,
    target: { recipients: ['on-call@example.test'] },
    be(mood) {
      isAway = mood === 'is-away';
      server.refuse(mood === 'refuses' ? 550 : mood === 'is-busy' ? 450 : null);
    },
    seen: () => server.received.map(({ raw }) => raw.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=')),
    async close() {
      notifier.close();
      await server.close();
    },
  };
});

function makeVapid() {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  const [publicKey, privateKey] = [pair.getPublicKey('base64url'), pair.getPrivateKey('base64url')];
  return { publicKey, privateKey, subject: 'mailto:ops@pitwall.example' };
}

async function pushHarness() {
  const receiver = await startReceiver(certificate);
  const browser = makePushBrowser();
  return {
    receiver,
    browser,
    notifier: createWebPushNotifier(client, makeVapid()),
    target: { endpoint: receiver.url, ...browser.keys, personId: 'grace' },
  };
}

notifierContract('push', async () => {
  const { receiver, notifier, target } = await pushHarness();
  return {
    notifier,
    target,
    be: moodOf(receiver),
    seen: () => receiver.received.map(({ body }) => body),
    close: () => receiver.close(),
  };
});

test('alerting S97, S98: a push fits 4 KB, is urgent, has a time to live and the alert as its topic', async () => {
  const { receiver, browser, notifier, target } = await pushHarness();
  receiver.answer({ status: 201, headers: { location: 'https://push.example/m/1' } });
  const delivery = hostileDelivery();
  const long = {
    ...delivery,
    message: { ...delivery.message, title: 'ä'.repeat(500), text: '😀'.repeat(9000) },
  };
  expect(await notifier.send(target, long, AbortSignal.timeout(5000))).toMatchObject({
    kind: 'sent',
    providerId: 'https://push.example/m/1',
  });
  const [got] = receiver.received;
  expect(got?.bytes.length).toBeLessThanOrEqual(4096);
  expect(got?.headers).toMatchObject({
    ttl: '60',
    urgency: 'high',
    topic: delivery.topic.replaceAll('-', ''),
    'content-encoding': 'aes128gcm',
  });
  const payload = JSON.parse(browser.read(got?.bytes ?? Buffer.alloc(0)));
  expect(payload).toMatchObject({
    id: delivery.id,
    // What a newer message replaces on the screen, as the topic does on the way.
    tag: delivery.topic,
    alertId: delivery.topic,
    status: 'firing',
    personId: 'grace',
  });
  const token = /t=([\w-]+)\.([\w-]+)\./.exec(String(got?.headers.authorization))?.[2] ?? '';
  expect(JSON.parse(Buffer.from(token, 'base64url').toString()).sub).toBe('mailto:ops@pitwall.example');
  await receiver.close();
});

test('security O13: a push to an address inside the network is not connected to, whatever stands in the row', async () => {
  const { receiver, target } = await pushHarness();
  const guarded = createOutboundClient({ policy: { ...LOOPBACK, ranges: [] }, timeoutMs: 1000 });
  const notifier = createWebPushNotifier(guarded, makeVapid());
  const outcome = await notifier.send(target, hostileDelivery(), AbortSignal.timeout(5000));
  expect(outcome.kind).toBe('refused');
  expect(receiver.received).toEqual([]);
  await guarded.close();
  await receiver.close();
});

test('alerting S95, security O13: a device that is gone is told apart, and only https is written to', async () => {
  const { receiver, notifier, target } = await pushHarness();
  for (const status of [404, 410]) {
    receiver.answer({ status });
    expect((await notifier.send(target, hostileDelivery(), AbortSignal.timeout(5000))).kind).toBe('gone');
  }
  const plain = { ...target, endpoint: target.endpoint.replace('https', 'http') };
  expect((await notifier.send(plain, hostileDelivery(), AbortSignal.timeout(5000))).kind).toBe('refused');
  await receiver.close();
});
