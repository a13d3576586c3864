import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agents } from '#db/schema/agents.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import { memberships, teams } from '#db/schema/members.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { actorOf, makeRole } from '#lib/testing/access-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import {
  makeAgent,
  makeApiKey,
  makeMember,
  makeSession,
  makeTeam,
  makeUser,
} from '#lib/testing/factories.ts';
import { makeAlert } from '#lib/testing/notifications.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { findSession } from '../find-session.ts';
import { teamsOf } from '../teams-of.ts';
import { createTeam } from './create-team.ts';
import { deleteTeam } from './delete-team.ts';
import { getTeamContents, listTeams } from './queries.ts';
import { renameTeam } from './rename-team.ts';

let world: World;
let context: ReturnType<typeof commandContext>;
let team: Awaited<ReturnType<typeof makeTeam>>;
let owner: UserActor;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  context = commandContext(world);
  team = await makeTeam(world);
  owner = await actorOf(world, team.id, (await makeUser(world, { globalRole: 'admin' })).id);
});
afterAll(() => world.close());

const slug = () => `t-${crypto.randomUUID()}`;
const create = (values: object = {}, actor = owner) =>
  execute(context, actor, createTeam, { name: 'Racing', slug: slug(), ...values });
const remove = (id: string, confirm: string, actor = owner) =>
  execute(context, actor, deleteTeam, { id, confirm });
const rename = (values: object, actor = owner) =>
  execute(context, actor, renameTeam, {
    name: team.name,
    slug: team.slug,
    seen: { name: team.name, slug: team.slug },
    ...values,
  });

test('a new team is there to switch to, led by whoever made it, with its agents counted', async () => {
  const { id } = await create();
  expect((await teamsOf(world.db, owner.userId)).map((each) => each.id)).toContain(id);
  expect(await world.db.select().from(memberships).where(eq(memberships.teamId, id))).toMatchObject([
    { userId: owner.userId, role: 'admin' },
  ]);
  await makeAgent(world, id);
  await makeAgent(world, id, { deletedAt: new Date() });
  await makeAgent(world, team.id);
  const { items } = await ask(context, owner, listTeams, {});
  expect(items.find((each) => each.id === id)).toMatchObject({ members: 1, agents: 1, isCurrent: false });
});

test('security Z6: a team that one makes gives no more than one holds', async () => {
  const maker = await makeRole(world, null, ['teams:create']);
  const actor = await actorOf(world, team.id, (await makeUser(world, { globalRole: maker })).id);
  const { id } = await create({}, actor);
  expect(await world.db.select().from(memberships).where(eq(memberships.teamId, id))).toEqual([]);
});

test('a short name belongs to one team, also of two that want it at once', async () => {
  const wanted = slug();
  const results = await Promise.allSettled([create({ slug: wanted }), create({ slug: wanted })]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await expect(rename({ slug: wanted })).rejects.toMatchObject({ code: 'conflict' });
  await expect(create({ slug: 'Not One' })).rejects.toMatchObject({ code: 'invalid' });
});

test('renaming loses against somebody who renamed in between, and the first team keeps its short name', async () => {
  await rename({ name: 'Endurance' });
  await expect(rename({ name: 'Sprint' })).rejects.toMatchObject({ code: 'conflict' });
  expect(await listAuditRows(world.db, team.id, 1)).toMatchObject([
    { action: 'team.rename', details: { before: { name: team.name }, after: { name: 'Endurance' } } },
  ]);
  await world.db.update(teams).set({ slug: 'default', name: 'First' }).where(eq(teams.id, team.id));
  const seen = { name: 'First', slug: 'default' };
  await expect(rename({ slug: slug(), seen })).rejects.toMatchObject({ code: 'conflict' });
  await rename({ name: 'Main', slug: 'default', seen });
});

test('a team goes with all that it owns, and its part of the ledger stays', async () => {
  const doomed = await makeTeam(world);
  const member = await makeMember(world, doomed.id, 'admin');
  const role = await makeRole(world, doomed.id, ['agents:read']);
  await world.db.update(memberships).set({ groupRole: role }).where(eq(memberships.userId, member.id));
  await makeAgent(world, doomed.id);
  await makeAlert(world, doomed.id);
  const key = await makeApiKey(world, doomed.id);
  await create({ name: 'by the member', slug: slug() }, userActor(doomed.id, 'admin')).catch(() => {});
  const { counts } = await ask(context, owner, getTeamContents, { id: doomed.id });
  expect(counts.filter(({ count }) => count > 0).map(({ noun }) => noun)).toEqual([
    'agent',
    'membership',
    'API key',
    'alert',
    'role',
  ]);
  await expect(remove(doomed.id, 'something else')).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'confirm' }],
  });
  await remove(doomed.id, doomed.slug);
  for (const table of [agents, apiKeys, memberships]) {
    expect(await world.db.select().from(table).where(eq(table.teamId, doomed.id))).toEqual([]);
  }
  expect(await listAuditRows(world.db, doomed.id, 5)).toMatchObject([{ outcome: 'denied' }]);
  const events = context.published.map(([, payload]) => JSON.parse(payload));
  expect(events).toContainEqual({ type: 'access.changed', userId: member.id });
  expect(events).toContainEqual({ type: 'api-key.revoked', keyId: key.id });
  await expect(remove(doomed.id, doomed.slug)).rejects.toMatchObject({ code: 'not_found' });
});

test('security A3, A4: whoever loses something with a team signs in again; who may as much everywhere goes on', async () => {
  const doomed = await makeTeam(world);
  const [member, governor] = [
    await makeMember(world, doomed.id, 'developer'),
    await makeMember(world, doomed.id, 'viewer', { globalRole: 'admin' }),
  ];
  const [lost, kept] = [await makeSession(world, member.id), await makeSession(world, governor.id)];
  const find = ({ token }: { token: string }) => findSession(world.db, token, new Date(), 3_600_000);
  await remove(doomed.id, doomed.slug);
  expect(await find(lost)).toBeNull();
  expect((await find(kept))?.userId).toBe(governor.id);
  expect(context.published.map(([, payload]) => JSON.parse(payload))).toContainEqual({
    ...{ type: 'sessions.revoked', userId: member.id, sessionIds: [lost.id] },
  });
});

test('security Z6: nobody deletes a team in which a member may do what they may not', async () => {
  const doomed = await makeTeam(world);
  const { id } = await makeMember(world, doomed.id, 'viewer');
  const deleter = await makeRole(world, null, ['teams:delete', 'agents:read']);
  const actor = await actorOf(world, team.id, (await makeUser(world, { globalRole: deleter })).id);
  await expect(remove(doomed.id, doomed.slug, actor)).rejects.toMatchObject({ code: 'forbidden' });
  const small = await makeRole(world, doomed.id, ['agents:read']);
  await world.db.update(memberships).set({ role: small }).where(eq(memberships.userId, id));
  await remove(doomed.id, doomed.slug, actor);
});

test('nobody deletes the team that they look at, nor the first one', async () => {
  await expect(remove(team.id, team.slug)).rejects.toMatchObject({ code: 'conflict' });
  const [first] = await world.db
    .insert(teams)
    .values({ slug: 'default', name: 'Default' })
    .onConflictDoUpdate({ target: teams.slug, set: { name: sql`excluded.name` } })
    .returning();
  await expect(remove(first?.id ?? '', 'default')).rejects.toMatchObject({ code: 'conflict' });
});

test('an admin of a team renames it, and neither makes, counts nor deletes teams', async () => {
  const admin = await actorOf(world, team.id, (await makeMember(world, team.id, 'admin')).id);
  const other = await makeTeam(world);
  const refused = { code: 'forbidden' };
  await expect(create({}, admin)).rejects.toMatchObject(refused);
  await expect(remove(other.id, other.slug, admin)).rejects.toMatchObject(refused);
  await expect(ask(context, admin, getTeamContents, { id: other.id })).rejects.toMatchObject(refused);
  expect((await ask(context, admin, listTeams, {})).items.map(({ id }) => id)).toEqual([team.id]);
  await rename({ name: 'Ours' }, admin);
  await expect(rename({ name: 'Theirs' }, userActor(team.id, 'developer'))).rejects.toMatchObject(refused);
});
