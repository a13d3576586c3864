import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { contactMethods, pushSubscriptions } from '#db/schema/notifications.ts';
import { ask } from '#lib/command/define-query.ts';
import type { NotificationDraft } from '#lib/model/notification.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { makeAlert, makeChannel, makeDraft } from '#lib/testing/notifications.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { cancelNotifications } from './cancel.ts';
import { listDeliveries } from './delivery-queries.ts';
import { enqueueNotifications } from './enqueue.ts';

let world: World;
let teamId: string;
let channelId: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  channelId = (await makeChannel(world, teamId)).id;
});
afterAll(() => world.close());

const enqueue = (...drafts: NotificationDraft[]) =>
  world.db.transaction((tx) => enqueueNotifications(tx, drafts));
const statuses = () =>
  world.sql`select cause, status, finish_reason from notifications where team_id = ${teamId} order by cause`;

test('the same cause reaches the same target once, and both callers learn its id', async () => {
  const alert = await makeAlert(world, teamId);
  const draft = makeDraft({ teamId, channelId, alertIds: [alert.id], cause: 'once' });
  const first = await enqueue(draft);
  const again = await enqueue(draft, makeDraft({ teamId, channelId, cause: 'other' }));
  expect(again.get('once')).toBe(first.get('once'));
  expect(await statuses()).toHaveLength(2);
  const spoken = await world.sql`select * from notification_alerts where alert_id = ${alert.id}`;
  expect(spoken).toHaveLength(1);
});

test('a message to a person is one row for each device', async () => {
  const user = await makeMember(world, teamId, 'developer');
  await world.db.insert(pushSubscriptions).values(
    ['a', 'b'].map((name) => ({
      userId: user.id,
      endpoint: `https://push.example.test/${user.id}/${name}`,
      p256dh: 'key',
      auth: 'auth',
    })),
  );
  await enqueue(makeDraft({ teamId, kind: 'push', purpose: 'page', userId: user.id, cause: 'page' }));
  expect(await statuses()).toHaveLength(2);
});

test('messages of one cause to one person are told apart in the log by device and way', async () => {
  const user = await makeMember(world, teamId, 'developer');
  const agents = [
    'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
    'Mozilla/5.0 (Linux; Android 16) Chrome/150.0',
  ];
  await world.db.insert(pushSubscriptions).values(
    agents.map((userAgent, i) => ({
      ...{ userId: user.id, userAgent, endpoint: `https://push.example.test/${user.id}/${i}` },
      ...{ p256dh: 'key', auth: 'auth' },
    })),
  );
  const [method] = await world.db
    .insert(contactMethods)
    .values({ userId: user.id, kind: 'email', name: 'Private mail', address: 'me@example.test' })
    .returning();
  const page = { teamId, purpose: 'page', userId: user.id, cause: 'page' } as const;
  await enqueue(
    makeDraft({ ...page, kind: 'push' }),
    makeDraft({ ...page, kind: 'email', contactMethodId: method?.id ?? null }),
  );
  const { items } = await ask(commandContext(world), userActor(teamId, 'viewer'), listDeliveries, {});
  expect(items.map(({ contact, device }) => device ?? contact).toSorted()).toEqual([
    'Chrome on Android',
    'Firefox on Linux',
    'Private mail',
  ]);
});

test('what a group waits to be told gives way to what is newer', async () => {
  const group = await world.sql`
    with route as (
      insert into alert_routes (id, team_id, position, name) values (gen_random_uuid(), ${teamId}, 0, 'all')
      returning id)
    insert into alert_groups (id, team_id, route_id, group_key, labels)
    select gen_random_uuid(), ${teamId}, id, 'key', '{}' from route returning id`;
  const groupId = String(group[0]?.id);
  await enqueue(makeDraft({ teamId, channelId, groupId, cause: 'flush 1' }));
  await enqueue(makeDraft({ teamId, channelId, groupId, cause: 'flush 2' }));
  expect(await statuses()).toMatchObject([
    { cause: 'flush 1', status: 'cancelled', finish_reason: 'superseded' },
    { cause: 'flush 2', status: 'queued' },
  ]);
});

test('taking back stops what speaks of these alerts alone', async () => {
  const [one, other] = [await makeAlert(world, teamId), await makeAlert(world, teamId)];
  const user = await makeMember(world, teamId, 'developer');
  const page = { teamId, kind: 'email', purpose: 'page', userId: user.id } as const;
  await enqueue(
    makeDraft({ ...page, alertIds: [one.id], cause: 'one' }),
    makeDraft({ ...page, alertIds: [one.id, other.id], cause: 'both' }),
    makeDraft({ teamId, channelId, alertIds: [one.id], cause: 'channel' }),
  );
  const cancelled = await world.db.transaction((tx) =>
    cancelNotifications(tx, { alertIds: [one.id], purpose: 'page', reason: 'acknowledged' }),
  );
  expect(cancelled).toBe(1);
  expect(await statuses()).toMatchObject([
    { cause: 'both', status: 'queued' },
    { cause: 'channel', status: 'queued' },
    { cause: 'one', status: 'cancelled', finish_reason: 'acknowledged' },
  ]);
});

test('ten thousand messages are one statement', async () => {
  const drafts = Array.from({ length: 10_000 }, (_, i) => makeDraft({ teamId, channelId, cause: `n ${i}` }));
  const startedAt = performance.now();
  const ids = await enqueue(...drafts);
  expect(ids.size).toBe(10_000);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
