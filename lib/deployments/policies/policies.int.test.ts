import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { listApprovers } from '#lib/pipeline/approvals/approvers.ts';
import { makeRole } from '#lib/testing/access-world.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeDeployment } from '#lib/testing/deployments.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { deploymentsHeldBy, listFreezeWindows } from './freeze-queries.ts';
import { createFreezeWindow, endFreezeWindow, freezeAt, updateFreezeWindow } from './freeze-windows.ts';
import {
  deleteDeploymentPolicy,
  listDeploymentPolicies,
  policyFor,
  setDeploymentPolicy,
} from './policy-verbs.ts';

let world: World;
let teamId: string;
let anna: string;
let boris: string;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  anna = (await makeMember(world, teamId, 'developer', { name: 'Anna' })).id;
  boris = (await makeMember(world, teamId, 'developer', { name: 'Boris' })).id;
  context = commandContext(world, { features: everyFeature });
});
afterAll(() => world.close());

const actor = (role: Role = 'admin', team = teamId) => userActor(team, role, { userId: anna, name: 'Anna' });
const set = (values: object, as = actor()) => execute(context, as, setDeploymentPolicy, values);
const policies = async () => (await ask(context, actor('viewer'), listDeploymentPolicies, {})).items;
const conflict = { code: 'conflict' };

test('the policy of an environment counts before the one of all, and names only people of the team', async () => {
  await set({ environment: '*', approvalsNeeded: 1 });
  await set({
    environment: 'production',
    approvalsNeeded: 2,
    approverIds: [anna, boris],
    autoRollback: false,
  });
  await set({ environment: 'production', approvalsNeeded: 1, approverIds: [boris] });
  expect(
    (await policies()).map(({ environment, approvalsNeeded }) => [environment, approvalsNeeded]),
  ).toEqual([
    ['*', 1],
    ['production', 1],
  ]);
  expect(await policyFor(world.db, teamId, 'production')).toMatchObject({ approverIds: [boris] });
  expect(await policyFor(world.db, teamId, 'staging')).toMatchObject({ environment: '*' });
  expect(await policyFor(world.db, uuidv7(), 'staging')).toMatchObject({
    approvalsNeeded: 0,
    autoRollback: true,
  });
  const stranger = { environment: 'x', approvalsNeeded: 1, approverIds: [uuidv7()] };
  await expect(set(stranger)).rejects.toMatchObject({ code: 'invalid' });
  const few = { environment: 'x', approvalsNeeded: 2, approverIds: [anna] };
  await expect(set(few)).rejects.toMatchObject({ code: 'invalid' });
  await expect(set(few, actor('developer'))).rejects.toMatchObject({ code: 'forbidden' });
});

test('a policy names who changed it last, and who approves by it as long as they are in the team', async () => {
  await set({ environment: 'production', approvalsNeeded: 1, approverIds: [anna, boris] });
  await world.ownerSql`delete from memberships where user_id = ${boris}`;
  expect(await policies()).toMatchObject([
    {
      environment: 'production',
      updatedBy: 'Anna',
      approvers: [
        { id: anna, name: 'Anna' },
        { id: boris, name: null },
      ],
    },
  ]);
});

test('of two who decide at the same time the second hears of the first, also where there was no policy before', async () => {
  const values = { environment: 'production', approvalsNeeded: 1 };
  const first = await Promise.allSettled([
    set({ ...values, ifUpdatedAt: null }),
    set({ ...values, approvalsNeeded: 2, ifUpdatedAt: null }),
  ]);
  expect(first.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const [{ updatedAt = 0 } = {}] = await policies();
  await set({ ...values, approvalsNeeded: 3, ifUpdatedAt: updatedAt });
  await expect(set({ ...values, approvalsNeeded: 4, ifUpdatedAt: updatedAt })).rejects.toMatchObject(
    conflict,
  );
  await set({ ...values, environment: 'staging', ifUpdatedAt: null });
  expect(await policyFor(world.db, teamId, 'production')).toMatchObject({ approvalsNeeded: 3 });
  await expect(set({ ...values, environment: 'x', ifUpdatedAt: updatedAt })).rejects.toMatchObject(conflict);
});

test('security Z4: without its policy an environment has the one of every environment, and no other team takes it away', async () => {
  await set({ environment: 'production', approvalsNeeded: 2 });
  const [{ id = '' } = {}] = await policies();
  const remove = (as: ReturnType<typeof actor>) => execute(context, as, deleteDeploymentPolicy, { id });
  const stranger = actor('admin', (await makeTeam(world)).id);
  await expect(remove(stranger)).rejects.toMatchObject({ code: 'not_found' });
  await expect(remove(actor('developer'))).rejects.toMatchObject({ code: 'forbidden' });
  await remove(actor());
  expect(await policyFor(world.db, teamId, 'production')).toMatchObject({ environment: '*' });
  const [audit] = await listAuditRows(world.db, teamId, 1);
  expect(audit).toMatchObject({ action: 'deployment-policy.delete', targetId: 'production' });
});

test('those who may approve are all who hold the permission in the team by whatever role, and nobody else', async () => {
  const approving = await makeRole(world, teamId, ['deployments:approve']);
  const carl = (await makeMember(world, teamId, 'viewer', { name: 'Carl' })).id;
  await makeMember(world, teamId, 'viewer', { name: 'Dora' });
  await makeMember(world, (await makeTeam(world)).id, 'admin', { name: 'Emil' });
  await world.ownerSql`update memberships set group_role = ${approving} where user_id = ${carl}`;
  const { items } = await ask(context, actor('viewer'), listApprovers, {});
  expect(items.map(({ name }) => name)).toEqual(['Anna', 'Boris', 'Carl']);
});

test('a freeze keeps an environment from its first moment up to its last, until somebody ends it', async () => {
  const [startsAt, endsAt] = [Date.now() - 60_000, Date.now() + 3_600_000];
  const { id } = await execute(context, actor(), createFreezeWindow, {
    name: 'Black Friday',
    environment: 'production',
    startsAt,
    endsAt,
  });
  const at = (ms: number, environment = 'production') =>
    freezeAt(world.db, teamId, environment, new Date(ms));
  expect(await at(startsAt)).toMatchObject({ name: 'Black Friday' });
  expect([await at(startsAt - 1), await at(endsAt), await at(startsAt, 'staging')]).toEqual([
    null,
    null,
    null,
  ]);
  expect((await ask(context, actor('viewer'), listFreezeWindows, {})).items).toMatchObject([
    { id, isOn: true },
  ]);
  await execute(context, actor(), endFreezeWindow, { id });
  expect(await at(Date.now())).toBeNull();
  expect((await ask(context, actor('viewer'), listFreezeWindows, {})).items).toMatchObject([
    { id, state: 'ended', isOn: false, startsAt },
  ]);
  await expect(execute(context, actor(), endFreezeWindow, { id })).rejects.toMatchObject(conflict);
  const change = { id, name: 'x', startsAt, endsAt };
  await expect(execute(context, actor(), updateFreezeWindow, change)).rejects.toMatchObject(conflict);
});

const HOUR_MS = 3_600_000;
const planned = async (values: object = {}) => {
  const window = { name: 'Holidays', startsAt: Date.now() + HOUR_MS, endsAt: Date.now() + 2 * HOUR_MS };
  const { id } = await execute(context, actor(), createFreezeWindow, { ...window, ...values });
  const { items } = await ask(context, actor('viewer'), listFreezeWindows, {});
  const made = items.find((each) => each.id === id);
  if (!made) throw new Error('The freeze is not in the list.');
  return made;
};
const changed = (of: Awaited<ReturnType<typeof planned>>, values: object = {}) => {
  const { id, name, environment, startsAt, endsAt } = of;
  return { ...{ id, name, environment, startsAt, endsAt }, ...values };
};

test('a freeze that did not begin is taken back without a trace in the list, and the ledger says by whom', async () => {
  const { id } = await planned();
  await execute(context, actor(), endFreezeWindow, { id });
  expect((await ask(context, actor('viewer'), listFreezeWindows, {})).items).toEqual([]);
  const [audit] = await listAuditRows(world.db, teamId, 1);
  expect(audit).toMatchObject({ action: 'freeze-window.delete', targetId: id });
});

test('a freeze is changed as it was seen: of two changes at the same time one is a conflict', async () => {
  const window = await planned();
  const longer = { endsAt: window.endsAt + HOUR_MS, ifUpdatedAt: window.updatedAt };
  const both = await Promise.allSettled([
    execute(context, actor(), updateFreezeWindow, changed(window, longer)),
    execute(context, actor(), updateFreezeWindow, changed(window, { ...longer, name: 'Other' })),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const backwards = changed(window, { endsAt: window.startsAt });
  await expect(execute(context, actor(), updateFreezeWindow, backwards)).rejects.toMatchObject({
    issues: [{ path: 'endsAt' }],
  });
});

test('security Z4: a freeze of another team is as unknown as one that never was, and developers change none', async () => {
  const window = await planned();
  const stranger = actor('admin', (await makeTeam(world)).id);
  const unknown = { code: 'not_found' };
  await expect(execute(context, stranger, updateFreezeWindow, changed(window))).rejects.toMatchObject(
    unknown,
  );
  await expect(execute(context, stranger, endFreezeWindow, { id: window.id })).rejects.toMatchObject(unknown);
  const developer = actor('developer');
  await expect(execute(context, developer, updateFreezeWindow, changed(window))).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('a freeze holds what was asked for and not begun in its environment: no rollback, and nothing under way', async () => {
  const make = (values: object) => makeDeployment(world, teamId, values);
  const production = await make({});
  const staging = await make({ environment: 'staging', status: 'awaiting_approval' });
  await make({ kind: 'rollback' });
  await make({ status: 'in_progress', startedAt: new Date() });
  await make({ status: 'completed' });
  await makeDeployment(world, (await makeTeam(world)).id);
  const held = (environment?: string) => ask(context, actor('viewer'), deploymentsHeldBy, { environment });
  expect(await held('production')).toMatchObject({
    total: 1,
    items: [{ id: production.id, version: '1.0.0' }],
  });
  expect((await held()).items.map(({ id }) => id)).toEqual([staging.id, production.id]);
});
