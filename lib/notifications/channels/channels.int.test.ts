import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertRoutes } from '#db/schema/notifications.ts';
import { escalationPolicies } from '#db/schema/on-call.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { testSecret } from '#lib/testing/delivery.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { opened } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { getDelivery, listDeliveries } from '../delivery-queries.ts';
import { listDevices, registerDevice, removeDevice } from '../devices/devices.ts';
import { openSealed } from '../resolve-target.ts';
import { createChannel } from './create-channel.ts';
import { deleteChannel } from './delete-channel.ts';
import { getChannel, listChannels } from './queries.ts';
import { rotateSigningSecret } from './rotate-signing-secret.ts';
import { testChannel } from './test-channel.ts';
import { updateChannel } from './update-channel.ts';

const sealer = createSecretBox(testSecret);
const canary = 'https://hooks.example.test/services/T0/B0/canary-secret';
let world: World;
let teamId: string;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  context = commandContext(world);
  context.deps.sealer = sealer;
});
afterAll(() => world.close());

const developer = () => userActor(teamId, 'developer');
async function make(kind: string, settings: Record<string, unknown>, name = `ops ${kind}`) {
  const { id: createdBy } = await makeMember(world, teamId, 'developer');
  return execute(context, userActor(teamId, 'developer', { userId: createdBy }), createChannel, {
    name,
    kind,
    settings,
  });
}

test('security O8: the address of a channel is sealed, and neither views nor the ledger show it', async () => {
  const { id } = await make('slack', { url: canary });
  await execute(context, developer(), updateChannel, { id, settings: { url: `${canary}2` } });
  const shown = [
    await ask(context, userActor(teamId, 'viewer'), listChannels, {}),
    await ask(context, userActor(teamId, 'admin'), getChannel, { id }),
    await listAuditRows(world.db, teamId, 10),
    [...(await world.sql`select * from notification_channels where id = ${id}`)],
  ];
  expect(JSON.stringify(shown)).not.toContain('canary-secret');
  expect(shown[0]).toMatchObject({ items: [{ target: 'hooks.example.test/…', status: 'ok' }] });
});

test('a channel that a route or an escalation policy leads to is not deleted: its alerts would reach nobody', async () => {
  const { id } = await make('email', { recipients: ['a@example.test'] });
  const remove = () => execute(context, developer(), deleteChannel, { id });
  const route = { teamId, position: 1, name: 'Nights' };
  for (const leads of [{ channelIds: [id] }, { fallbackChannelId: id }]) {
    await world.db.insert(alertRoutes).values({ ...route, ...leads });
    await expect(remove()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('The route Nights leads to'),
    });
    await world.sql`delete from alert_routes where team_id = ${teamId}`;
  }
  const steps = [{ delayMinutes: 5, targets: [{ kind: 'channel' as const, id }], hours: null }];
  await world.db.insert(escalationPolicies).values({ teamId, name: 'Primary', steps });
  await expect(remove()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('The escalation policy Primary leads to'),
  });
  await world.sql`update escalation_policies set deleted_at = now() where team_id = ${teamId}`;
  await remove();
});

test('a channel is made, changed and deleted with its audit rows, and refused to viewers and other teams', async () => {
  const { id } = await make('email', { recipients: ['a@example.test'] });
  await execute(context, developer(), updateChannel, { id, name: 'renamed' });
  await execute(context, developer(), deleteChannel, { id });
  const rows = await listAuditRows(world.db, teamId, 10);
  expect(rows.map(({ action }) => action)).toEqual([
    'notification-channel.delete',
    'notification-channel.update',
    'notification-channel.create',
  ]);
  const viewer = userActor(teamId, 'viewer');
  const typed = { name: 'x', kind: 'email', settings: { recipients: ['a@example.test'] } };
  await expect(execute(context, viewer, createChannel, typed)).rejects.toMatchObject({ code: 'forbidden' });
  const stranger = userActor((await makeTeam(world)).id, 'admin');
  const { id: other } = await make('email', { recipients: ['a@example.test'] });
  await expect(ask(context, stranger, getChannel, { id: other })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(execute(context, stranger, deleteChannel, { id: other })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('a name is taken once, and settings must be those of the kind', async () => {
  await make('slack', { url: canary }, 'same');
  await expect(make('slack', { url: canary }, 'same')).rejects.toMatchObject({ code: 'conflict' });
  for (const [kind, settings] of [
    ['slack', { url: 'ftp://x' }],
    ['email', { recipients: ['a@example.test\r\nBcc: b@example.test'] }],
    ['pagerduty', { routingKey: 'short' }],
    ['webhook', { url: canary, headers: { 'a:b': 'x' } }],
    ['slack', { url: canary, other: 1 }],
  ] as const)
    await expect(make(kind, settings, kind)).rejects.toMatchObject({ code: 'invalid' });
});

test('security O1: an address inside the network is refused where it is typed, unless an admin opened it', async () => {
  const inside = { url: 'http://10.0.0.1/x' };
  const refusal = { code: 'invalid', issues: [{ path: 'settings.url' }] };
  for (const kind of ['webhook', 'slack', 'teams'])
    await expect(make(kind, inside)).rejects.toMatchObject(refusal);
  const { id } = await make('webhook', { url: canary }, 'outside');
  const change = () => execute(context, developer(), updateChannel, { id, settings: inside });
  await expect(change()).rejects.toMatchObject(refusal);
  context.deps = { ...context.deps, outbound: opened('10.0.0.0/8') };
  expect(await change()).toEqual({ id });
});

test('security O13: a browser registers no push service inside the network, in whatever spelling, nor over http', async () => {
  context.deps = { ...context.deps, outbound: opened() };
  const device = (endpoint: string) =>
    execute(context, developer(), registerDevice, { endpoint, p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) });
  for (const endpoint of [
    'https://10.0.0.5/push',
    'https://127.0.0.1:8443/push',
    'https://[::1]/push',
    'https://[::ffff:10.0.0.5]/push',
    'https://0x0a000005/push',
    'https://169.254.169.254/push',
    'https://localhost./push',
    'http://push.example.test/1',
  ])
    await expect(device(endpoint), endpoint).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: 'endpoint' }],
    });
  expect((await ask(context, developer(), listDevices, {})).items).toEqual([]);
});

test('security O7: a new signing key stands beside the former for a day', async () => {
  const { id, signingSecret } = await make('webhook', { url: canary });
  const rotated = await execute(context, developer(), rotateSigningSecret, { id });
  const [row] = await world.sql`select sealed_settings from notification_channels where id = ${id}`;
  expect(openSealed(sealer, row?.sealed_settings).keys).toMatchObject({
    signingSecret: rotated.signingSecret,
    formerSecret: signingSecret,
    formerUntilMs: rotated.formerUntil,
  });
});

test('security A16: an old sign-in is shown no new signing key', async () => {
  const { id } = await make('webhook', { url: canary });
  const stale = userActor(teamId, 'developer', { signedInAtMs: Date.now() - 16 * 60_000 });
  await expect(execute(context, stale, rotateSigningSecret, { id })).rejects.toMatchObject({
    code: 'reauthentication_required',
  });
});

test('security O10: a try stands in the delivery log, and the sixth in a minute is refused', async () => {
  const { id } = await make('slack', { url: canary });
  const { deliveryId } = await execute(context, developer(), testChannel, { id });
  const viewer = userActor(teamId, 'viewer');
  expect(await ask(context, viewer, getDelivery, { id: deliveryId })).toMatchObject({
    status: 'queued',
    to: 'ops slack',
    tries: [],
  });
  for (let i = 0; i < 4; i += 1) await execute(context, developer(), testChannel, { id });
  await expect(execute(context, developer(), testChannel, { id })).rejects.toMatchObject({
    code: 'rate_limited',
  });
  expect((await ask(context, viewer, listDeliveries, { channelId: id })).items).toHaveLength(5);
  await expect(execute(context, viewer, testChannel, { id })).rejects.toMatchObject({ code: 'forbidden' });
  const stranger = userActor((await makeTeam(world)).id, 'admin');
  await expect(ask(context, stranger, getDelivery, { id: deliveryId })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('everybody has their own devices, and a browser belongs to whoever used it last', async () => {
  const [one, two] = [await makeMember(world, teamId, 'viewer'), await makeMember(world, teamId, 'viewer')];
  const actors = [one, two].map(({ id }) => userActor(teamId, 'viewer', { userId: id }));
  const device = {
    endpoint: `https://push.example.test/${one.id}`,
    p256dh: 'k'.repeat(87),
    auth: 'a'.repeat(22),
  };
  const [first, second] = actors;
  if (!first || !second) throw new Error('two people');
  const { id } = await execute(context, first, registerDevice, device);
  await execute(context, first, registerDevice, device);
  expect((await ask(context, first, listDevices, {})).items).toMatchObject([
    { id, service: 'push.example.test' },
  ]);
  await expect(execute(context, second, removeDevice, { id })).rejects.toMatchObject({ code: 'not_found' });
  await execute(context, second, registerDevice, device);
  expect((await ask(context, first, listDevices, {})).items).toEqual([]);
  await expect(
    execute(context, first, registerDevice, { ...device, endpoint: 'http://10.0.0.5/push' }),
  ).rejects.toMatchObject({ code: 'invalid' });
});
