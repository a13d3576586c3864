import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { users } from '#db/schema/members.ts';
import { contactMethods, pushSubscriptions } from '#db/schema/notifications.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { commandContext, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createContactMethod, deleteContactMethod, setNotificationRules } from './contact-verbs.ts';
import { listOwnContacts } from './own-contacts.ts';

let world: World;
let teamId: string;
let context: ReturnType<typeof commandContext>;
let anna: UserActor;
let email: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  const user = await makeMember(world, teamId, 'viewer');
  email = user.email;
  anna = userActor(teamId, 'viewer', { userId: user.id });
  context = commandContext(world);
});
afterAll(() => world.close());

const own = () => ask(context, anna, listOwnContacts, {});
const gateway = { kind: 'webhook', name: 'phone', address: 'https://sms.example.test/send?key=secret' };

test('the address of the account is there from the first moment, follows the account and stays', async () => {
  const [method] = (await own()).methods;
  expect(method).toMatchObject({ kind: 'email', address: email, isAccount: true });
  await world.db
    .update(users)
    .set({ email: `new-${email}` })
    .where(eq(users.id, anna.userId));
  expect((await own()).methods).toMatchObject([{ id: method?.id, address: `new-${email}`, isAccount: true }]);
  await expect(execute(context, anna, deleteContactMethod, { id: method?.id })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('push is a way to be reached as soon as a device subscribes', async () => {
  const device = (n: number) => ({
    userId: anna.userId,
    endpoint: `https://push.example.test/${anna.userId}/${n}`,
    p256dh: 'k',
    auth: 'a',
  });
  await world.db.insert(pushSubscriptions).values([device(1), device(2)]);
  expect((await own()).methods.filter(({ kind }) => kind === 'push')).toMatchObject([{ devices: 2 }]);
});

test('security O8: the address of a gateway is sealed, and neither list nor ledger shows more than its host', async () => {
  const { id } = await execute(context, anna, createContactMethod, gateway);
  expect((await own()).methods.at(-1)).toMatchObject({ id, address: 'sms.example.test' });
  expect(JSON.stringify([await own(), await listAuditRows(world.db, teamId, 9)])).not.toContain('secret');
  const [row] = await world.db.select().from(contactMethods).where(eq(contactMethods.id, id));
  expect(context.deps.sealer.open(row?.sealedSettings ?? '')).toContain('key=secret');
  await expect(execute(context, anna, createContactMethod, gateway)).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('security O1: a gateway inside the network is refused where its address is typed', async () => {
  const inside = { ...gateway, address: 'http://192.168.0.1/send' };
  await expect(execute(context, anna, createContactMethod, inside)).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'address' }],
  });
});

test('security Z4: nobody sees, removes or uses the contact methods of another', async () => {
  const { id } = await execute(context, anna, createContactMethod, gateway);
  const boris = userActor(teamId, 'admin', { userId: (await makeMember(world, teamId, 'admin')).id });
  expect((await ask(context, boris, listOwnContacts, {})).methods.map((one) => one.id)).not.toContain(id);
  const rules = [{ delayMinutes: 0, contactMethodId: id }];
  const attempts = [
    execute(context, boris, deleteContactMethod, { id }),
    execute(context, boris, setNotificationRules, { importance: 'urgent', rules }),
  ];
  for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'not_found' });
});

test('rules of one importance are replaced whole, the others stay, and go with their method', async () => {
  const { id } = await execute(context, anna, createContactMethod, gateway);
  const set = (importance: string, ...minutes: number[]) =>
    execute(context, anna, setNotificationRules, {
      importance,
      rules: minutes.map((delayMinutes) => ({ delayMinutes, contactMethodId: id })),
    });
  await set('urgent', 0, 5);
  await set('default', 30);
  await set('urgent', 1, 1);
  expect((await own()).rules.map(({ importance, delayMinutes }) => [importance, delayMinutes])).toEqual([
    ['default', 30],
    ['urgent', 1],
  ]);
  await execute(context, anna, deleteContactMethod, { id });
  expect((await own()).rules).toEqual([]);
});

test('a key has no telephone', async () => {
  const key = {
    kind: 'key',
    keyId: 'k',
    keyName: 'k',
    teamId,
    scopes: ['write'],
    origin: testOrigin,
  } as const;
  await expect(execute(context, key, createContactMethod, gateway)).rejects.toMatchObject({
    code: 'forbidden',
  });
});
