import { createECDH, randomBytes } from 'node:crypto';
import tls from 'node:tls';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventWords } from '#components/alerts/detail/timeline-words.ts';
import { NowAndNext } from '#components/on-call/now-and-next.tsx';
import { databaseNow } from '#db/now.ts';
import { contactMethods, pushSubscriptions } from '#db/schema/notifications.ts';
import { getAlert } from '#lib/alerts/alert-queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { makeNotifiers } from '#lib/compose/notifiers.ts';
import type { NotificationDraft } from '#lib/model/notification.ts';
import { whoIsOnCall } from '#lib/on-call/queries.ts';
import { createSchedule } from '#lib/on-call/schedule-verbs.ts';
import { mendDeliveries } from '#lib/pipeline/deliver/mend-deliveries.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeDeliverer, testSecret } from '#lib/testing/delivery.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { type MailReceiver, startMailServer } from '#lib/testing/mail-server.ts';
import { makeAlert, makeChannel, makeDraft, makeMessage } from '#lib/testing/notifications.ts';
import { opened } from '#lib/testing/outbound-policy.ts';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { makeCertificate } from '#lib/testing/tls.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createAckTokens, readAckLink, spendAckLink } from '../ack-token.ts';
import { registerDevice } from '../devices/devices.ts';
import { enqueueNotifications } from '../enqueue.ts';
import { flushGroups } from '../flush-groups.ts';
import { sealSettings } from '../resolve-target.ts';
import { retellAlerts } from '../retell.ts';

const certificate = makeCertificate();
tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate.cert]);
const sealer = createSecretBox(testSecret);
const vapid = createECDH('prime256v1');
vapid.generateKeys();
const push = {
  publicKey: vapid.getPublicKey('base64url'),
  privateKey: vapid.getPrivateKey('base64url'),
  subject: 'mailto:ops@pitwall.example',
};
let world: World;
let mail: MailReceiver;
let receiver: Receiver;
let teamId: string;
let deliverer: ReturnType<typeof makeDeliverer>;
beforeAll(async () => {
  world = await createWorld();
  mail = await startMailServer();
});
beforeEach(async () => {
  receiver = await startReceiver();
  teamId = (await makeTeam(world)).id;
  mail.received.length = 0;
  mail.refuse(null);
  const smtp = {
    host: '127.0.0.1',
    port: mail.port,
    tls: 'none',
    account: null,
    from: 'p@example.test',
  } as const;
  deliverer = makeDeliverer(world, { onFailed: mendDeliveries }, { smtp, push });
});
afterEach(async () => {
  await deliverer.idle();
  await deliverer.close();
  await receiver.close();
  await world.sql`delete from notifications`;
});
afterAll(async () => {
  await mail.close();
  await world.close();
});

const webhook = (url: string, values: Parameters<typeof makeChannel>[2] = {}) =>
  makeChannel(world, teamId, { sealedSettings: sealSettings(sealer, { url }), ...values });
const enqueue = (...drafts: NotificationDraft[]) =>
  world.db.transaction((tx) => enqueueNotifications(tx, drafts));
const rows = (purpose: string) =>
  world.sql`select * from notifications where team_id = ${teamId} and purpose = ${purpose} order by created_at, cause`;
const state = async (id: string) =>
  (await world.sql`select * from notification_channels where id = ${id}`)[0];

/** A group of a route with these channels. */
async function makeGroup(channelIds: string[], fallbackId: string | null): Promise<string> {
  const [group] = await world.sql`
    with route as (
      insert into alert_routes (id, team_id, position, name, channel_ids, fallback_channel_id)
      values (gen_random_uuid(), ${teamId}, 0, 'all', ${JSON.stringify(channelIds)}::text::jsonb, ${fallbackId}) returning id)
    insert into alert_groups (id, team_id, route_id, group_key, labels)
    select gen_random_uuid(), ${teamId}, id, gen_random_uuid()::text, '{}' from route returning id`;
  return String(group?.id);
}

test('alerting S92: a channel that refuses three times is broken, and its owner and admins hear it by mail', async () => {
  const owner = await makeMember(world, teamId, 'developer');
  const admin = await makeMember(world, teamId, 'admin');
  const { id } = await webhook(receiver.url, { createdBy: owner.id, name: 'ops hook' });
  receiver.answer({ status: 410 });
  for (const cause of ['1', '2', '3', '4']) {
    await enqueue(makeDraft({ teamId, channelId: id, cause }));
    await deliverer.run();
  }
  expect(await state(id)).toMatchObject({ status: 'broken', failures: 4 });
  expect(mail.received.map(({ to }) => to[0]).toSorted()).toEqual([owner.email, admin.email].toSorted());
  receiver.answer({ status: 200 });
  await enqueue(makeDraft({ teamId, channelId: id, cause: '5' }));
  await deliverer.run();
  expect(await state(id)).toMatchObject({ status: 'ok', failures: 0 });
});

test('alerting S92: every admin of the team hears that a channel is broken, however many there are', async () => {
  const admins: string[] = [];
  for (let i = 0; i < 12; i++) admins.push((await makeMember(world, teamId, 'admin')).id);
  const { id } = await webhook(receiver.url);
  receiver.answer({ status: 410 });
  await enqueue(...['1', '2', '3'].map((cause) => makeDraft({ teamId, channelId: id, cause })));
  await deliverer.run();
  expect((await rows('notice')).map(({ user_id }) => user_id).toSorted()).toEqual(admins.toSorted());
});

test('alerting S92: what a channel alone could not carry goes by the fallback, and counts as told', async () => {
  const other = await startReceiver();
  const [dead, fallback] = [await webhook(receiver.url), await webhook(other.url)];
  receiver.answer({ status: 404 });
  const groupId = await makeGroup([dead.id], fallback.id);
  const alert = await makeAlert(world, teamId);
  await enqueue(makeDraft({ teamId, channelId: dead.id, groupId, alertIds: [alert.id], cause: 'flush 1' }));
  await deliverer.run();
  expect(other.received).toHaveLength(1);
  const log = await world.sql`select channel_id, firing from notification_log where group_id = ${groupId}`;
  expect(new Set(log.map(({ channel_id }) => channel_id))).toEqual(new Set([dead.id, fallback.id]));
  expect(log).toMatchObject([{ firing: [alert.id] }, { firing: [alert.id] }]);
  await other.close();
});

test('alerting S92: two channels of a route that both refuse fall back at their first refusal, once for both', async () => {
  const [other, third] = [await startReceiver(), await startReceiver()];
  const [one, two] = [await webhook(receiver.url), await webhook(other.url)];
  const fallback = await webhook(third.url);
  for (const refusing of [receiver, other]) refusing.answer({ status: 404 });
  const groupId = await makeGroup([one.id, two.id], fallback.id);
  const alert = await makeAlert(world, teamId);
  const flush = { teamId, groupId, alertIds: [alert.id], cause: 'flush 1' };
  await enqueue(makeDraft({ ...flush, channelId: one.id }), makeDraft({ ...flush, channelId: two.id }));
  await deliverer.run();
  expect(third.received).toHaveLength(1);
  const log = await world.sql`select channel_id, firing from notification_log where group_id = ${groupId}`;
  expect(new Map(log.map(({ channel_id, firing }) => [channel_id, firing]))).toEqual(
    new Map([one.id, two.id, fallback.id].map((id) => [id, [alert.id]])),
  );
  expect(await state(one.id)).toMatchObject({ status: 'ok', failures: 1 });
  await other.close();
  await third.close();
});

test('alerting S92: while another channel of the route carries a message, knows it or may yet get it, nothing falls back', async () => {
  const [other, third] = [await startReceiver(), await startReceiver()];
  const [dead, well] = [await webhook(receiver.url), await webhook(other.url)];
  const fallback = await webhook(third.url);
  receiver.answer({ status: 404 });
  other.answer({ status: 503 });
  const groupId = await makeGroup([dead.id, well.id], fallback.id);
  const alert = await makeAlert(world, teamId);
  const flush = { teamId, groupId, alertIds: [alert.id] };
  await enqueue(
    makeDraft({ ...flush, channelId: dead.id, cause: 'flush 1' }),
    makeDraft({ ...flush, channelId: well.id, cause: 'flush 1' }),
  );
  await deliverer.run();
  expect((await rows('group')).map(({ status }) => status).toSorted()).toEqual(['failed', 'queued']);
  other.answer({ status: 200 });
  await world.sql`update notifications set next_attempt_at = now() where status = 'queued'`;
  await deliverer.run();
  await enqueue(makeDraft({ ...flush, channelId: dead.id, cause: 'flush 2' }));
  await deliverer.run();
  expect([receiver.received.length, other.received.length, third.received.length]).toEqual([2, 2, 0]);
  await other.close();
  await third.close();
});

test('alerting S92: a channel that is away falls back in time, however often its group is told anew meanwhile', async () => {
  const other = await startReceiver();
  const [away, fallback] = [await webhook(receiver.url), await webhook(other.url)];
  const groupId = await makeGroup([away.id], fallback.id);
  const alert = await makeAlert(world, teamId);
  const flush = (cause: string, seconds: number) => {
    const expiresAt = new Date(Date.now() + seconds * 1000);
    const draft = { teamId, channelId: away.id, groupId, alertIds: [alert.id], cause, expiresAt };
    return enqueue(makeDraft(draft));
  };
  receiver.answer({ status: 503 });
  await flush('flush 1', 50);
  await deliverer.run();
  receiver.answer({ status: 503, headers: { 'retry-after': '60' } });
  await flush('flush 2', 120);
  await deliverer.run();
  expect((await rows('group')).map(({ cause, status }) => [cause, status])).toEqual([
    ['flush 1', 'cancelled'],
    ['flush 2', 'expired'],
    ['flush 2:fallback', 'delivered'],
  ]);
  await other.close();
});

test('alerting S92: a message that is tried again when its channel is deleted goes by the fallback', async () => {
  const other = await startReceiver();
  const [first, fallback] = [await webhook(receiver.url), await webhook(other.url)];
  receiver.answer({ status: 503 });
  const groupId = await makeGroup([first.id], fallback.id);
  const alert = await makeAlert(world, teamId);
  await enqueue(makeDraft({ teamId, channelId: first.id, groupId, alertIds: [alert.id], cause: 'flush' }));
  await deliverer.run();
  await world.sql`update notification_channels set deleted_at = now(), sealed_settings = null where id = ${first.id}`;
  await world.sql`update notifications set next_attempt_at = now()`;
  await deliverer.run();
  expect(await rows('group')).toMatchObject([
    { channel_id: first.id, status: 'failed', last_error: 'The channel was deleted.' },
    { channel_id: fallback.id, status: 'delivered' },
  ]);
  expect([receiver.received.length, other.received.length]).toEqual([1, 1]);
  expect(await rows('notice')).toEqual([]);
  await other.close();
});

test('alerting S92: without any other channel the admins get the message itself', async () => {
  const admin = await makeMember(world, teamId, 'admin');
  const { id } = await webhook(receiver.url);
  receiver.answer({ status: 400 });
  const groupId = await makeGroup([id], null);
  await enqueue(makeDraft({ teamId, channelId: id, groupId, cause: 'flush' }));
  await deliverer.run();
  expect(mail.received).toMatchObject([{ to: [admin.email] }]);
  expect(mail.received[0]?.raw).toContain('agent-1 is slow');
});

test('alerting S47, S48: each channel has a log entry of its own, written only after it was told', async () => {
  const other = await startReceiver();
  const [well, away] = [await webhook(receiver.url), await webhook(other.url)];
  other.answer({ status: 503 });
  const groupId = await makeGroup([well.id, away.id], null);
  const alert = await makeAlert(world, teamId);
  const draft = { teamId, groupId, alertIds: [alert.id], cause: 'flush' };
  await enqueue(makeDraft({ ...draft, channelId: well.id }), makeDraft({ ...draft, channelId: away.id }));
  await deliverer.run();
  const log = await world.sql`select channel_id, reason from notification_log where group_id = ${groupId}`;
  expect(log).toMatchObject([{ channel_id: well.id, reason: 'first' }]);
  await other.close();
});

test('reliability F3: who may have heard of a beginning counts as told when the end comes first', async () => {
  const { id } = await webhook(receiver.url);
  receiver.answer('hang');
  const groupId = await makeGroup([id], null);
  const alert = await makeAlert(world, teamId);
  await enqueue(makeDraft({ teamId, channelId: id, groupId, alertIds: [alert.id], cause: 'flush' }));
  await deliverer.run();
  await world.sql`update alerts set status = 'resolved' where id = ${alert.id}`;
  await world.sql`update notifications set next_attempt_at = now()`;
  await deliverer.run();
  expect(await rows('group')).toMatchObject([{ status: 'cancelled', finish_reason: 'resolved' }]);
  const log = await world.sql`select firing from notification_log where group_id = ${groupId}`;
  expect(log).toMatchObject([{ firing: [alert.id] }]);
});

async function makeDevice(userId: string, endpoint: string, userAgent = '') {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const [row] = await world.db
    .insert(pushSubscriptions)
    .values({
      userId,
      endpoint,
      userAgent,
      p256dh: keys.getPublicKey('base64url'),
      auth: randomBytes(16).toString('base64url'),
    })
    .returning();
  return row;
}

/** Registers a browser as its page does. */
async function addDevice(userId: string, endpoint: string): Promise<void> {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  await execute(commandContext(world), userActor(teamId, 'developer', { userId }), registerDevice, {
    ...{ endpoint, p256dh: keys.getPublicKey('base64url') },
    auth: randomBytes(16).toString('base64url'),
  });
}

test('alerting S95, reliability F37: when the last device is gone it is forgotten and the person told by mail', async () => {
  const service = await startReceiver(certificate);
  const user = await makeMember(world, teamId, 'developer', { name: 'Grace' });
  const alert = await makeAlert(world, teamId);
  for (const path of ['a', 'b']) await addDevice(user.id, `${service.url}/${path}`);
  await execute(commandContext(world), userActor(teamId, 'developer'), createSchedule, {
    ...{ name: 'Primary', timeZone: 'UTC' },
    rotations: [
      {
        ...{ name: 'all', participants: [user.id], startsAt: '2020-01-01T09:00' },
        shift: { unit: 'weeks', length: 1 },
      },
    ],
  });
  /** What the on-call list says of whoever has the pager. */
  const listed = async () => {
    const report = await ask(commandContext(world), userActor(teamId, 'viewer'), whoIsOnCall, {});
    const [{ shifts, timeZone } = { shifts: [], timeZone: 'UTC' }] = report.schedules;
    return renderToStaticMarkup(createElement(NowAndNext, { zone: timeZone, shifts }));
  };
  const devices = async () =>
    (await world.sql`select endpoint from push_subscriptions where user_id = ${user.id}`).map(
      ({ endpoint }) => new URL(endpoint).pathname.split('/').at(-1),
    );
  service.answerBy(({ path }) => ({ status: path.endsWith('/a') ? 410 : 201 }));
  const page = { teamId, purpose: 'page', kind: 'push', userId: user.id, alertIds: [alert.id] } as const;
  await enqueue(makeDraft({ ...page, cause: 'first' }));
  await deliverer.run();
  expect(await rows('page')).toHaveLength(2);
  expect(mail.received).toEqual([]);
  expect(await devices()).toEqual(['b']);
  expect(await listed()).not.toContain('no reachable device');
  service.answer({ status: 410 });
  await enqueue(makeDraft({ ...page, cause: 'second' }));
  await world.sql`update notifications set finished_at = now() - interval '1 day' where finished_at is not null`;
  await deliverer.run();
  expect(await devices()).toEqual([]);
  expect(await listed()).toMatch(/Grace.* \(no reachable device\)/);
  expect(mail.received).toMatchObject([{ to: [user.email] }]);
  expect(mail.received[0]?.raw).toContain('None of your devices takes push any more');
  await service.close();
});

test("alerting S49, S89: the timeline says which of a person's devices and ways each message took, without an address", async () => {
  const service = await startReceiver(certificate);
  const user = await makeMember(world, teamId, 'developer', { name: 'Grace' });
  const alert = await makeAlert(world, teamId);
  await makeDevice(user.id, `${service.url}/secret-phone`, 'Mozilla/5.0 (Linux; Android 16) Chrome/140.0');
  await makeDevice(user.id, `${service.url}/secret-gone`, 'Mozilla/5.0 (X11; Linux) Firefox/145.0');
  service.answerBy(({ path }) => ({ status: path.endsWith('gone') ? 410 : 201 }));
  const url = `${receiver.url}/secret-gateway`;
  const [sms] = await world.db
    .insert(contactMethods)
    .values({ userId: user.id, kind: 'webhook', name: 'SMS', sealedSettings: sealSettings(sealer, { url }) })
    .returning();
  const page = { teamId, purpose: 'page', userId: user.id, alertIds: [alert.id] } as const;
  await enqueue(
    makeDraft({ ...page, kind: 'push', cause: 'push' }),
    makeDraft({ ...page, kind: 'webhook', contactMethodId: sms?.id ?? null, cause: 'sms' }),
  );
  await deliverer.run();
  const reader = userActor(teamId, 'viewer');
  const { events } = await ask(commandContext(world), reader, getAlert, { id: alert.id });
  expect(events.map(eventWords).toSorted()).toEqual([
    'Push to Grace (Chrome on Android): sent',
    'Push to Grace (Firefox on Linux): not delivered',
    'Webhook to Grace (SMS): sent',
  ]);
  expect(JSON.stringify(events)).not.toContain('secret');
  await service.close();
});

test('a page that waits for a device that changed hands is not shown to its new owner', async () => {
  const service = await startReceiver(certificate);
  const [user, other] = [
    await makeMember(world, teamId, 'developer'),
    await makeMember(world, teamId, 'viewer'),
  ];
  const alert = await makeAlert(world, teamId);
  const device = await makeDevice(user.id, `${service.url}/shared`);
  const page = { teamId, purpose: 'page', kind: 'push', userId: user.id, alertIds: [alert.id] } as const;
  await enqueue(makeDraft({ ...page, cause: 'page' }));
  await world.sql`update push_subscriptions set user_id = ${other.id} where id = ${device?.id ?? ''}`;
  await deliverer.run();
  expect(service.received).toEqual([]);
  expect(await rows('page')).toMatchObject([
    { status: 'failed', finish_reason: 'no_target', last_error: 'Somebody else uses this device now.' },
  ]);
  await service.close();
});

test('alerting S86, reliability F21: after an outage what waits for a person goes out as one message', async () => {
  const user = await makeMember(world, teamId, 'developer');
  const page = { teamId, purpose: 'page', kind: 'email', userId: user.id } as const;
  for (let i = 0; i < 40; i += 1) {
    const { id, title, severity } = await makeAlert(world, teamId, { title: `agent-${i} is slow` });
    const shown = { id, title, severity, status: 'active', url: '/', startsAt: '', value: null } as const;
    const message = makeMessage({ title, alerts: [shown] });
    await enqueue(makeDraft({ ...page, alertIds: [id], message, cause: `page ${i}` }));
  }
  await deliverer.run();
  expect(mail.received).toHaveLength(1);
  expect(mail.received[0]?.raw).toContain('40 alerts need you');
  expect(new Set((await rows('page')).map(({ status }) => status))).toEqual(new Set(['sent']));
  const tries = await world.sql`select reason from notification_attempts where team_id = ${teamId}`;
  expect(tries.filter(({ reason }) => reason === 'bundled')).toHaveLength(39);
});

test('alerting S76: a severity that rises while its group is being told is told after that', async () => {
  const { id: channelId } = await webhook(receiver.url);
  const groupId = await makeGroup([channelId], null);
  const alert = await makeAlert(world, teamId);
  await world.sql`
    insert into alert_group_members (group_id, alert_id, added_at) values (${groupId}, ${alert.id}, now())`;
  await world.sql`
    update alert_groups set flushed_at = now(), next_flush_at = now() + interval '5 minutes' where id = ${groupId}`;
  await enqueue(makeDraft({ teamId, channelId, groupId, alertIds: [alert.id], cause: 'flush' }));
  const retelling = { alertId: alert.id, reason: 'severity_raised' as const, words: 'It rose.' };
  const slow = makeDeliverer(world, {
    notifiers: {
      ...makeNotifiers({ app: { outbound: opened() }, mailServer: () => null, push: null }),
      webhook: {
        async send() {
          await world.db.transaction(async (tx) => retellAlerts(tx, [retelling], await databaseNow(tx)));
          return { kind: 'delivered', providerId: null, httpStatus: 200 };
        },
      },
    },
  });
  await slow.run();
  await flushGroups(world.db);
  expect((await rows('group')).map(({ reason }) => reason)).toEqual(['first', 'severity_raised']);
  await slow.close();
});

test('security Z13: pages of two teams to one person never share a message, so that leaving one costs no page of the other', async () => {
  const user = await makeMember(world, teamId, 'developer');
  const left = (await makeTeam(world)).id;
  const page = { purpose: 'page', kind: 'email', userId: user.id } as const;
  const foreign = await makeAlert(world, left, { title: 'secret-agent is slow' });
  const own = await makeAlert(world, teamId);
  await enqueue(
    makeDraft({
      ...page,
      teamId: left,
      alertIds: [foreign.id],
      message: makeMessage({ title: foreign.title }),
      priority: 0,
      cause: 'left',
    }),
    makeDraft({ ...page, teamId, alertIds: [own.id], priority: 10, cause: 'own' }),
  );
  await deliverer.run();
  expect(await rows('page')).toMatchObject([{ cause: 'own', status: 'sent' }]);
  expect(mail.received.map(({ raw }) => raw.includes('secret-agent'))).toEqual([false]);
  const [other] = await world.sql`select finish_reason from notifications where team_id = ${left}`;
  expect(other?.finish_reason).toBe('no_target');
});

test('alerting S86: over its limit an address waits, and nothing is dropped', async () => {
  const user = await makeMember(world, teamId, 'developer');
  const page = { teamId, purpose: 'page', kind: 'email', userId: user.id, priority: 10 } as const;
  await enqueue(makeDraft({ ...page, cause: 'one' }));
  await deliverer.run();
  await enqueue(makeDraft({ ...page, cause: 'two' }), makeDraft({ ...page, cause: 'three' }));
  await deliverer.run();
  expect(mail.received).toHaveLength(1);
  const waiting =
    await world.sql`select status, attempts, next_attempt_at > now() + interval '50 seconds' as later
    from notifications where status = 'queued'`;
  expect(waiting).toEqual([
    { status: 'queued', attempts: 0, later: true },
    { status: 'queued', attempts: 0, later: true },
  ]);
  await world.sql`update notifications set next_attempt_at = now() where status = 'queued'`;
  await world.sql`update notifications set finished_at = now() - interval '2 minutes' where status = 'sent'`;
  await deliverer.run();
  expect(mail.received).toHaveLength(2);
});

test('reliability F36: a message that makes its adapter throw goes in plain form, and the queue goes on', async () => {
  const { id } = await webhook(receiver.url);
  const poison = makeMessage({ alerts: null as never });
  await enqueue(makeDraft({ teamId, channelId: id, message: poison, cause: 'poison' }));
  await enqueue(makeDraft({ teamId, channelId: id, cause: 'next' }));
  await deliverer.run();
  expect(await rows('group')).toMatchObject([{ status: 'delivered' }, { status: 'delivered' }]);
  expect(receiver.received.map(({ body }) => JSON.parse(body).data.title)).toEqual(
    Array(2).fill('agent-1 is slow'),
  );
});

test('reliability F36: what no form can be found for is buried, and the next message goes', async () => {
  const { id } = await webhook(receiver.url);
  const sent: string[] = [];
  const throwing = makeDeliverer(world, {
    notifiers: {
      ...makeNotifiers({ app: { outbound: opened() }, mailServer: () => null, push: null }),
      webhook: {
        async send(_target, { message }) {
          sent.push(message.title);
          if (message.reason === 'poison') throw new Error('no form');
          return { kind: 'delivered', providerId: null, httpStatus: 200 };
        },
      },
    },
  });
  await enqueue(makeDraft({ teamId, channelId: id, message: makeMessage({ reason: 'poison' }), cause: 'a' }));
  await enqueue(makeDraft({ teamId, channelId: id, cause: 'b' }));
  await throwing.run();
  expect(await rows('group')).toMatchObject([
    { status: 'failed', finish_reason: 'no_form' },
    { status: 'delivered' },
  ]);
  expect(sent).toHaveLength(3);
  await throwing.close();
});

test.each([
  ['left the team', (id: string) => world.sql`delete from memberships where user_id = ${id}`],
  ['was disabled', (id: string) => world.sql`update users set status = 'disabled' where id = ${id}`],
])('security Z13: a page that waits is not sent to somebody who %s meanwhile', async (_what, leave) => {
  const [gone, stays] = [
    await makeMember(world, teamId, 'developer'),
    await makeMember(world, teamId, 'developer'),
  ];
  const alert = await makeAlert(world, teamId);
  const page = (userId: string) =>
    makeDraft({ teamId, purpose: 'page', kind: 'email', userId, alertIds: [alert.id], cause: userId });
  await enqueue(page(gone.id), page(stays.id));
  await leave(gone.id);
  await deliverer.run();
  expect(mail.received.map(({ to }) => to[0])).toEqual([stays.email]);
  const [row] = await world.sql`select status, attempts from notifications where user_id = ${gone.id}`;
  expect(['dropped', 'failed']).toContain(row?.status);
});

test('alerting S88: a link acknowledges once, for its own person, and opening it changes nothing', async () => {
  const user = await makeMember(world, teamId, 'developer');
  const alert = await makeAlert(world, teamId);
  await enqueue(
    makeDraft({
      teamId,
      purpose: 'page',
      kind: 'email',
      userId: user.id,
      alertIds: [alert.id],
      cause: 'page',
    }),
  );
  await deliverer.run();
  const raw = mail.received[0]?.raw.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=') ?? '';
  const token = /pitwall\.example\/acknowledge\/([\w.-]+)/.exec(raw)?.[1] ?? '';
  const tokens = createAckTokens(testSecret);
  const link = await readAckLink(world.db, tokens, token);
  expect(link).toMatchObject({ userId: user.id, teamId, alertIds: [alert.id], used: false });
  expect((await readAckLink(world.db, tokens, token))?.used).toBe(false);
  const spend = () => world.db.transaction((tx) => spendAckLink(tx, teamId, link?.notificationId ?? ''));
  expect([await spend(), await spend()]).toEqual([[alert.id], null]);
  expect(await readAckLink(world.db, createAckTokens('another secret'.repeat(4)), token)).toBeNull();
  await world.sql`update users set status = 'disabled' where id = ${user.id}`;
  expect(await readAckLink(world.db, tokens, token)).toBeNull();
});
