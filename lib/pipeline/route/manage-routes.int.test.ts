import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertGroups, alertRoutes } from '#db/schema/notifications.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { flushGroups } from '#lib/notifications/flush-groups.ts';
import { listRoutes } from '#lib/notifications/route-queries.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { type GroupReceiver, startGroupReceiver, travelTo } from '#lib/testing/alert-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { makeChannel } from '#lib/testing/notifications.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createRoute, deleteRoute, updateRoute } from './manage-routes.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const at = (seconds: number): Date => new Date(T0 + seconds * 1000);
let world: World;
let teamId: string;
let actor: UserActor;
let channelId: string;
let told: GroupReceiver;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
  context = commandContext(world);
  told = await startGroupReceiver(world);
});
beforeEach(async () => {
  await world.db.delete(alertGroups);
  teamId = (await makeTeam(world)).id;
  actor = userActor(teamId, 'developer');
  channelId = (await told.channel(teamId)).id;
  await travelTo(world, at(0));
});
afterAll(async () => {
  await told.close();
  await world.close();
});

const route = (values: object = {}) => ({
  name: 'slow',
  matchers: [{ name: 'alertname', operator: '=', value: 'Slow' }],
  groupBy: ['alertname'],
  channelIds: [channelId],
  ...values,
});
const create = (values: object = {}) => execute(context, actor, createRoute, route(values));
const update = (id: string, values: object = {}) =>
  execute(context, actor, updateRoute, { id, ...route(values) });

async function apply(seconds: number, agent: string): Promise<void> {
  await travelTo(world, at(seconds));
  const finding = makeFinding({ labels: { alertname: 'Slow', agent }, startsAt: at(seconds) });
  await world.db.transaction((tx) => applyFindings(tx, teamId, [finding], at(seconds)));
}

async function tick(seconds: number) {
  await travelTo(world, at(seconds));
  await flushGroups(world.db);
  return (await told.deliver(teamId)).map(({ reason }) => reason);
}

test('alerting S40: a route that is edited neither loses nor repeats what its groups were told', async () => {
  const { id } = await create();
  await apply(0, 'a');
  expect(await tick(30)).toEqual(['first']);
  await travelTo(world, at(60));
  await update(id, { name: 'renamed', groupWaitSeconds: 1, position: 7 });
  await apply(70, 'b');
  expect(await tick(80)).toEqual([]);
  expect(await tick(330)).toEqual(['new_alerts']);
});

test('alerting S40: an alert that waits for its first message keeps it when its route goes', async () => {
  await world.db.transaction((tx) => applyFindings(tx, teamId, [], at(0)));
  const { id } = await create({ channelIds: [] });
  await apply(0, 'a');
  const { items } = await ask(context, actor, listRoutes, {});
  const everything = items.find(({ isDefault }) => isDefault);
  await execute(context, actor, updateRoute, {
    ...route({ matchers: [] }),
    id: everything?.id ?? '',
    name: 'rest',
  });
  await travelTo(world, at(10));
  await execute(context, actor, deleteRoute, { id });
  expect(await tick(40)).toEqual(['first']);
});

test('alerting S36: a repeat later than the log is kept is refused, one sooner than the interval too', async () => {
  const hours = (count: number) => create({ repeatIntervalSeconds: count * 3600 });
  await expect(hours(121)).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ message: 'A repeat must come within 120 hours.' }],
  });
  await expect(create({ repeatIntervalSeconds: 60 })).rejects.toMatchObject({ code: 'invalid' });
  await hours(120);
});

test('the route that takes everything else stays, last and without matchers; others come in their order', async () => {
  await create({ name: 'second', position: 2 });
  await create({ name: 'first', position: 1 });
  const { items } = await ask(context, actor, listRoutes, {});
  expect(items.map(({ name }) => name)).toEqual(['first', 'second', 'Everything else']);
  const id = items.at(-1)?.id ?? '';
  await expect(execute(context, actor, deleteRoute, { id })).rejects.toMatchObject({ code: 'conflict' });
  await expect(update(id)).rejects.toMatchObject({ code: 'invalid' });
});

test('times of a route may be parts of a second', async () => {
  const { id } = await create({ groupWaitSeconds: 0.0004, groupIntervalSeconds: 925.1109213326126 });
  const [row] = await world.db.select().from(alertRoutes).where(eq(alertRoutes.id, id));
  expect(row).toMatchObject({ groupWaitMs: 0, groupIntervalMs: 925_111 });
});

test('security Z4: channels and routes of another team are unknown, and the weaker role changes nothing', async () => {
  const foreign = await makeTeam(world);
  const theirs = (await makeChannel(world, foreign.id)).id;
  await expect(create({ channelIds: [theirs] })).rejects.toMatchObject({ code: 'invalid' });
  const { id } = await create();
  const stranger = userActor(foreign.id, 'admin');
  await expect(execute(context, stranger, deleteRoute, { id })).rejects.toMatchObject({ code: 'not_found' });
  const viewer = userActor(teamId, 'viewer');
  await expect(execute(context, viewer, deleteRoute, { id })).rejects.toMatchObject({ code: 'forbidden' });
  expect(await world.db.select().from(alertGroups).where(eq(alertGroups.teamId, foreign.id))).toEqual([]);
});
