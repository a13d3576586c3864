import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { deploymentApprovals, deployments } from '#db/schema/deployments.ts';
import { notifications, pushSubscriptions } from '#db/schema/notifications.ts';
import { ask } from '#lib/command/define-query.ts';
import { listAwaitedApprovals } from '#lib/deployments/approvals/awaited.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeDeployment } from '#lib/testing/deployments.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { tellApprovers } from './tell-approvers.ts';

let world: World;
let teamId: string;
let anna: string;
let boris: string;
let carla: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await world.db.delete(notifications);
  teamId = (await makeTeam(world)).id;
  anna = (await makeMember(world, teamId, 'developer', { name: 'Anna' })).id;
  boris = (await makeMember(world, teamId, 'developer', { name: 'Boris' })).id;
  carla = (await makeMember(world, teamId, 'admin', { name: 'Carla' })).id;
  await makeMember(world, teamId, 'viewer');
  await makeMember(world, (await makeTeam(world)).id, 'admin');
});
afterAll(() => world.close());

const HOUR_MS = 3_600_000;
const tell = (sendsMail = true) => tellApprovers({ db: world.db, sendsMail: async () => sendsMail });
const wait = (values: Partial<typeof deployments.$inferInsert> = {}) =>
  makeDeployment(world, teamId, {
    ...{ status: 'awaiting_approval', approvalsNeeded: 1, requestedBy: { kind: 'user', id: anna } },
    approvalExpiresAt: new Date(Date.now() + HOUR_MS),
    ...values,
  });
const told = async () =>
  (await world.db.select().from(notifications))
    .map(({ userId, kind, message }) => [userId, kind, message.title])
    .toSorted();
const awaited = async (userId: string, role: 'developer' | 'admin' = 'developer') => {
  const context = commandContext(world, { features: everyFeature });
  return ask(context, userActor(teamId, role, { userId }), listAwaitedApprovals, {});
};

test('security Z12: those who may approve are told of a deployment once, by mail and on their devices; who asked is not', async () => {
  const device = { userId: boris, endpoint: `https://push.example.test/${boris}`, p256dh: 'k', auth: 'a' };
  await world.db.insert(pushSubscriptions).values(device);
  const { id } = await wait();
  await Promise.all([tell(), tell()]);
  await tell();
  const title = 'Checkout 1.0.0 waits for your approval';
  expect(await told()).toEqual(
    [
      [boris, 'email', title],
      [boris, 'push', title],
      [carla, 'email', title],
    ].toSorted(),
  );
  const [row] = await world.db.select().from(notifications);
  expect(row).toMatchObject({
    ...{ purpose: 'notice', reason: 'approval_needed' },
    message: {
      text: expect.stringMatching(
        /^Anna asked for it to be deployed to production\. It needs 1 approval until /,
      ),
      links: { view: `/deployments/${id}` },
    },
  });
});

test('where no mail server is set up people are told on their devices alone', async () => {
  const device = { userId: carla, endpoint: `https://push.example.test/${carla}`, p256dh: 'k', auth: 'a' };
  await world.db.insert(pushSubscriptions).values(device);
  await wait();
  await tell(false);
  expect((await told()).map(([userId, kind]) => [userId, kind])).toEqual([[carla, 'push']]);
});

test('only those whom its policy names are told, all of them where a key asked, and nobody of what is decided or late', async () => {
  await wait({ approverIds: [carla] });
  await tell();
  expect((await told()).map(([userId]) => userId)).toEqual([carla]);
  await world.db.delete(notifications);
  await wait({ requestedBy: { kind: 'key', id: anna } });
  await tell();
  expect((await told()).map(([userId]) => userId)).toEqual([anna, boris, carla].toSorted());
  await world.db.delete(notifications);
  await wait({ approvedAt: new Date() });
  await wait({ approvalExpiresAt: new Date(Date.now() - 1000) });
  await wait({ status: 'pending' });
  expect(await tell()).toBe(2);
  expect(await told()).toEqual([]);
});

test('security Z12: what waits for somebody is what they may decide now: nothing of their own, decided, late or for others', async () => {
  const later = await wait({ approvalExpiresAt: new Date(Date.now() + 2 * HOUR_MS), approvalsNeeded: 2 });
  const sooner = await wait();
  await wait({ requestedBy: { kind: 'user', id: boris } });
  await wait({ approverIds: [carla] });
  await wait({ approvalExpiresAt: new Date(Date.now() - 1000) });
  await wait({ approvedAt: new Date() });
  await makeDeployment(world, (await makeTeam(world)).id, { status: 'awaiting_approval' });
  const decided = await wait();
  const word = { teamId, deploymentId: decided.id, userId: boris, userName: 'Boris', at: new Date() };
  await world.db.insert(deploymentApprovals).values({ ...word, decision: 'rejected' });
  const other = { ...word, deploymentId: later.id, userId: carla, userName: 'Carla' };
  await world.db.insert(deploymentApprovals).values({ ...other, decision: 'approved' });
  const { total, items } = await awaited(boris);
  expect(total).toBe(2);
  expect(items).toMatchObject([
    { id: sooner.id, given: 0, needed: 1, requestedBy: 'Anna' },
    { id: later.id, given: 1, needed: 2 },
  ]);
  await world.db.update(deployments).set({ status: 'cancelled' }).where(eq(deployments.id, sooner.id));
  expect((await awaited(boris)).total).toBe(1);
});
