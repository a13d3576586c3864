import { type SQL, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { makeNotifiers } from '#lib/compose/notifiers.ts';
import type { NotificationDraft } from '#lib/model/notification.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeDeliverer, testSecret } from '#lib/testing/delivery.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { makeAlert, makeChannel, makeDraft, makeMessage } from '#lib/testing/notifications.ts';
import { opened } from '#lib/testing/outbound-policy.ts';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { enqueueNotifications } from '../enqueue.ts';
import { sealSettings } from '../resolve-target.ts';
import { claimDue } from './claim-due.ts';

const sealer = createSecretBox(testSecret);
let world: World;
let receiver: Receiver;
let teamId: string;
let channelId: string;
let deliverer: ReturnType<typeof makeDeliverer>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  receiver = await startReceiver();
  teamId = (await makeTeam(world)).id;
  channelId = (await webhook(receiver.url)).id;
  deliverer = makeDeliverer(world);
});
afterEach(async () => {
  await receiver.close();
  await deliverer.idle();
  await deliverer.close();
  await world.sql`delete from notifications`;
});
afterAll(() => world.close());

const webhook = (url: string) =>
  makeChannel(world, teamId, {
    sealedSettings: sealSettings(sealer, { url }, { signingSecret: 'whsec_c2VjcmV0' }),
  });
const enqueue = (...drafts: NotificationDraft[]) =>
  world.db.transaction((tx) => enqueueNotifications(tx, drafts));
const rows = () =>
  world.sql`select * from notifications where team_id = ${teamId} order by created_at, cause`;
const attempts = () =>
  world.sql`select a.* from notification_attempts a where team_id = ${teamId} order by attempt, started_at`;
/** Lets every row that waits be due now. */
const hurry = () => world.sql`update notifications set next_attempt_at = now() where status = 'queued'`;

test('alerting S89: each try has its row, which stays as it is once it is over', async () => {
  const alert = await makeAlert(world, teamId);
  receiver.answer({ status: 503 }, { status: 200 });
  const ids = await enqueue(makeDraft({ teamId, channelId, alertIds: [alert.id], cause: 'one' }));
  const id = ids.get('one');
  await deliverer.run();
  const target = { id, kind: 'webhook', channel_id: channelId, destination: `channel:${channelId}` };
  expect(await rows()).toMatchObject([{ ...target, status: 'queued', attempts: 1 }]);
  await hurry();
  await deliverer.run();
  expect(await rows()).toMatchObject([{ status: 'delivered', attempts: 2, lease_until: null }]);
  const when = expect.any(String);
  expect(await rows()).toMatchObject([{ finished_at: when }]);
  const tried = { notification_id: id, provider_id: null, started_at: when, ended_at: when };
  expect(await attempts()).toMatchObject([
    {
      ...tried,
      attempt: 1,
      status: 'failed',
      reason: 'http_503',
      http_status: 503,
      error: expect.stringMatching(/503/),
    },
    { ...tried, attempt: 2, status: 'delivered', http_status: 200, error: null },
  ]);
  await expect(
    world.sql`update notification_attempts set error = 'other' where team_id = ${teamId}`,
  ).rejects.toThrow('is over');
  const events = await world.sql`select kind, via from alert_events where alert_id = ${alert.id}`;
  expect(events).toMatchObject([{ kind: 'notified', via: 'webhook' }]);
});

test('alerting S94: a receiver sees the same id on every attempt', async () => {
  receiver.answer({ status: 500 }, 'reset', { status: 200 });
  const ids = await enqueue(makeDraft({ teamId, channelId, cause: 'one' }));
  for (let i = 0; i < 3; i += 1) {
    await deliverer.run();
    await hurry();
  }
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(
    Array(3).fill(ids.get('one')),
  );
});

const S90: [name: string, answer: Parameters<Receiver['answer']>[0], status: string, reason: string][] = [
  ['a 500', { status: 500 }, 'queued', 'http_500'],
  ['a 429', { status: 429, headers: { 'retry-after': '120' } }, 'queued', 'http_429'],
  ['a connection reset', 'reset', 'queued', 'no_answer'],
  ['a reset in mid body', 'reset-mid-body', 'queued', 'no_answer'],
  ['no answer in time', 'hang', 'queued', 'no_answer'],
  ['a 400', { status: 400, body: 'no such hook' }, 'failed', 'refused'],
  ['a 404', { status: 404 }, 'failed', 'refused'],
];
test.each(S90)(
  'alerting S90, S91, reliability F23: %s ends as its row of the table says',
  async (_, answer, status, reason) => {
    receiver.answer(answer);
    await enqueue(makeDraft({ teamId, channelId, cause: 'one' }));
    await deliverer.run();
    expect(await rows()).toMatchObject([{ status }]);
    expect(await attempts()).toMatchObject([{ status: 'failed', reason }]);
  },
);

test('alerting S89: an answer that the database cannot hold is written all the same, and holds up no other message', async () => {
  const odd = await startReceiver();
  // The half of a pair comes from cutting the answer.
  odd.answerBy(({ body }) => ({
    status: 400,
    body: body.includes('"nul"') ? 'a\0b' : `${'x'.repeat(199)}😀`,
  }));
  const oddId = (await webhook(odd.url)).id;
  const draft = (cause: string, to = oddId) =>
    makeDraft({ teamId, channelId: to, cause, message: makeMessage({ title: cause }) });
  await enqueue(draft('nul'), draft('cut'), draft('plain', channelId));
  await deliverer.run();
  expect(Object.fromEntries((await rows()).map(({ cause, status }) => [cause, status]))).toEqual({
    nul: 'failed',
    cut: 'failed',
    plain: 'delivered',
  });
  expect([odd.received.length, receiver.received.length]).toEqual([2, 1]);
  await odd.close();
});

test('alerting S90: Retry-After is waited for, a redirect is never followed and never counts as sent', async () => {
  receiver.answer({ status: 429, headers: { 'retry-after': '120' } });
  await enqueue(makeDraft({ teamId, channelId, cause: 'one' }));
  await deliverer.run();
  const [row] =
    await world.sql`select extract(epoch from next_attempt_at - now())::float8 as wait from notifications`;
  expect(Number(row?.wait)).toBeGreaterThan(115);
  receiver.answer({ status: 302, headers: { location: receiver.url } });
  await hurry();
  await deliverer.run();
  expect(await rows()).toMatchObject([{ status: 'failed' }]);
  expect(receiver.received).toHaveLength(2);
});

test('alerting S90: tries end when its time is over', async () => {
  receiver.answer({ status: 503, headers: { 'retry-after': '3600' } });
  await enqueue(makeDraft({ teamId, channelId, cause: 'one', expiresAt: new Date(Date.now() + 60_000) }));
  await deliverer.run();
  expect(await rows()).toMatchObject([{ status: 'expired' }]);
  await enqueue(makeDraft({ teamId, channelId, cause: 'late', expiresAt: new Date(Date.now() - 100) }));
  await deliverer.run();
  expect(await rows()).toMatchObject([{}, { status: 'expired' }]);
  expect(receiver.received).toHaveLength(1);
});

test('alerting S75: what nobody waits for any more is dropped with its reason just before sending', async () => {
  const user = await makeMember(world, teamId, 'developer');
  const states = [
    ['acknowledged', { status: 'acknowledged' }],
    ['resolved', { status: 'resolved' }],
    ['snoozed', { snoozedUntil: new Date(Date.now() + 60_000) }],
  ] as const;
  for (const [cause, values] of states) {
    const alert = await makeAlert(world, teamId, values);
    await enqueue(
      makeDraft({ teamId, purpose: 'page', kind: 'email', userId: user.id, alertIds: [alert.id], cause }),
    );
  }
  await deliverer.run();
  expect(await rows()).toMatchObject(
    states.map(([finish_reason]) => ({ status: 'cancelled', finish_reason })),
  );
  expect(await attempts()).toMatchObject(states.map(() => ({ status: 'cancelled' })));
});

test('alerting S75: of several alerts one that still fires is enough, and ends are always told', async () => {
  const active = await makeAlert(world, teamId);
  const acknowledged = await makeAlert(world, teamId, { status: 'acknowledged' });
  const alertIds = [active.id, acknowledged.id];
  await enqueue(makeDraft({ teamId, channelId, alertIds, cause: 'some' }));
  const message = makeMessage({ status: 'resolved', resolvedIds: [acknowledged.id] });
  await enqueue(makeDraft({ teamId, channelId, alertIds: [acknowledged.id], message, cause: 'end' }));
  await deliverer.run();
  expect(await rows()).toMatchObject([{ status: 'delivered' }, { status: 'delivered' }]);
});

test('reliability F16: a row that a long transaction has locked keeps no other waiting, and goes out when it is free', async () => {
  const drafts = ['locked', 'free'].map((cause) => makeDraft({ teamId, channelId, cause }));
  await enqueue(...drafts);
  await world.sql.begin(async (tx) => {
    await tx`select from notifications where team_id = ${teamId} and cause = 'locked' for update`;
    await deliverer.run();
    expect(receiver.received).toHaveLength(1);
    expect(await rows()).toMatchObject([
      { cause: 'free', status: 'delivered' },
      { cause: 'locked', status: 'queued' },
    ]);
  });
  await deliverer.run();
  expect(await rows()).toMatchObject([{ status: 'delivered' }, { status: 'delivered' }]);
});

test('reliability F22: a receiver that hangs keeps nobody else waiting, and its own share is bounded', async () => {
  const hanging = await startReceiver();
  hanging.answer('hang');
  const slowId = (await webhook(hanging.url)).id;
  const causes = Array.from({ length: 200 }, (_, i) => `slow ${String(i).padStart(3, '0')}`);
  await enqueue(...causes.map((cause) => makeDraft({ teamId, channelId: slowId, cause, priority: 0 })));
  await enqueue(makeDraft({ teamId, channelId, cause: 'quick' }));
  const patient = makeDeliverer(world, {}, {}, 60_000);
  await patient.step(new AbortController().signal);
  // Longer than a send is waited for: what shows that nobody waited is that all the slow ones are still under way.
  await receiver.count(1, 25_000);
  const slow = await world.sql`
    select n.status, count(*)::int as n, count(a.ended_at)::int as ended from notifications n
    left join notification_attempts a on a.notification_id = n.id
    where n.channel_id = ${slowId} group by n.status order by n.status`;
  expect(slow).toEqual([
    { status: 'queued', n: 136, ended: 0 },
    { status: 'sending', n: 64, ended: 0 },
  ]);
  expect(hanging.received.length).toBeLessThanOrEqual(64);
  await hanging.close();
  await patient.idle();
  await patient.close();
});

test('reliability F22: a claim reads nothing of a long queue that has enough under way', async () => {
  const causes = Array.from({ length: 3000 }, (_, i) => `n ${i}`);
  await enqueue(...causes.map((cause) => makeDraft({ teamId, channelId, cause })));
  const options = { busy: [`channel:${channelId}`], perChannel: 64, limit: 256, pages: [] };
  let plan = '';
  const explaining = {
    async execute(query: SQL) {
      plan = JSON.stringify(await world.db.execute(sql`explain (analyze, buffers, format json) ${query}`));
      return [];
    },
  };
  const mostRead = async (): Promise<number> => {
    await claimDue(explaining as unknown as Db, options);
    const read = plan.matchAll(/"(?:Actual Rows|Rows Removed by [^"]*)":\s*([\d.]+)/g);
    return Math.max(...[...read].map(([, rows]) => Number(rows)));
  };
  expect(await mostRead()).toBeLessThan(causes.length / 10);
  // As well once PostgreSQL has counted the queue, which it does by itself at some time.
  await world.ownerSql`analyze notifications`;
  expect(await mostRead()).toBeLessThan(causes.length / 10);
});

test('alerting S86: a page that came after its address was looked at waits for the next look', async () => {
  const { id: userId } = await makeMember(world, teamId, 'developer');
  const [method] = await world.sql`select id from contact_methods where user_id = ${userId}`;
  const page = { channelId: null, userId, contactMethodId: String(method?.id), kind: 'email' as const };
  const [first, second] = ['first', 'second'].map((cause) =>
    makeDraft({ teamId, ...page, purpose: 'page', cause }),
  );
  const ids = await enqueue(first as NotificationDraft, second as NotificationDraft);
  const claim = (pages: string[]) => claimDue(world.db, { busy: [], perChannel: 64, limit: 256, pages });
  expect(await claim([])).toEqual([]);
  expect((await claim([String(ids.get('first'))])).map(({ cause }) => cause)).toEqual(['first']);
});

test('reliability F6: who lost a lease neither sends nor writes, and the next one finishes it', async () => {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  receiver.answerBy(() => {
    entered.resolve();
    return { status: 200 };
  });
  await enqueue(makeDraft({ teamId, channelId, cause: 'one' }));
  const first = makeDeliverer(world, {
    notifiers: {
      ...makeNotifiers({ app: { outbound: opened() }, mailServer: () => null, push: null }),
      webhook: {
        async send() {
          entered.resolve();
          await release.promise;
          return { kind: 'refused', error: 'too late', httpStatus: null };
        },
      },
    },
  });
  await first.step(new AbortController().signal);
  await entered.promise;
  await world.sql`update notifications set lease_until = now() - interval '1 second'`;
  await deliverer.run();
  expect(await rows()).toMatchObject([{ status: 'delivered', attempts: 2 }]);
  release.resolve();
  await first.idle();
  expect(await rows()).toMatchObject([{ status: 'delivered', last_error: null }]);
  expect(await attempts()).toMatchObject([
    { status: 'failed', reason: 'lease_lost' },
    { status: 'delivered' },
  ]);
  await first.close();
});

test('reliability F4: a full queue goes out whole, the oldest page first', async () => {
  const user = await makeMember(world, teamId, 'developer');
  const drafts = Array.from({ length: 1000 }, (_, i) => makeDraft({ teamId, channelId, cause: `n ${i}` }));
  await enqueue(...drafts);
  const page = { purpose: 'page', kind: 'email', userId: user.id, priority: 0 } as const;
  await enqueue(makeDraft({ ...page, teamId, cause: 'page' }));
  await deliverer.run();
  const [left] = await world.sql`select count(*)::int as n from notifications where status <> 'delivered'`;
  expect(left?.n).toBe(1); // The mail has no server here.
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1000);
  const [first] = await world.sql`select min(a.started_at) filter (where n.purpose = 'page') as page,
    min(a.started_at) as any from notification_attempts a join notifications n on n.id = a.notification_id`;
  expect(first?.page).toEqual(first?.any);
});
