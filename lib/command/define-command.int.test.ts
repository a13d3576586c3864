import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { memberships, teams } from '#db/schema/members.ts';
import type { UserActor } from '#lib/access/actor.ts';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { createConcurrencyGate } from '#lib/limits/concurrency-gate.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { defineCommand, execute } from './define-command.ts';
import { ask, defineQuery } from './define-query.ts';

const agentId = '019a0000-0000-7000-8000-000000000001';

const renameTeam = defineCommand({
  name: 'test.rename-team',
  permission: 'team:update',
  input: z.strictObject({ name: z.string().min(1), fail: z.enum(['conflict', 'forbidden']).optional() }),
  audit: { action: 'team.rename', target: 'team' },
  async run({ input, actor, tx, announce }) {
    const own = eq(teams.id, actor.teamId);
    const [before] = await tx.select({ name: teams.name }).from(teams).where(own);
    await tx.update(teams).set({ name: input.name }).where(own);
    announce({ type: 'agent.changed', agentId });
    announce({ type: 'access.changed', userId: agentId });
    if (input.fail) throw new AppError(input.fail, 'Not this one.');
    return { result: input.name, targetId: actor.teamId, before, after: { name: input.name } };
  },
});

/** Renames two teams in the order that is asked for; waits in between until the other one has begun. */
let met = Promise.withResolvers<void>();
let begun = 0;
const renameBoth = defineCommand({
  name: 'test.rename-both',
  permission: 'team:update',
  input: z.strictObject({ ids: z.tuple([z.uuid(), z.uuid()]), name: z.string() }),
  audit: { action: 'team.rename-both', target: 'team' },
  async run({ input: { ids, name }, tx, announce }) {
    const rename = (id: string) => tx.update(teams).set({ name }).where(eq(teams.id, id));
    await rename(ids[0]);
    if (++begun === 2) met.resolve();
    await met.promise;
    await rename(ids[1]);
    announce({ type: 'agent.changed', agentId });
    return { result: name, targetId: ids[0] };
  },
});

const NOBODY = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Takes somebody into the team who is not there. It takes no id: other tests try those of every verb. */
const joinTeam = defineCommand({
  name: 'test.join-team',
  permission: 'team:update',
  input: z.strictObject({}),
  audit: { action: 'team.join', target: 'team' },
  async run({ actor, tx }) {
    await tx.insert(memberships).values({ teamId: actor.teamId, userId: NOBODY, role: 'viewer' });
    return { result: null, targetId: NOBODY };
  },
});

const readTeam = defineQuery({
  name: 'test.read-team',
  permission: 'audit:read',
  input: z.strictObject({}),
  run: ({ actor, db }) => db.select({ name: teams.name }).from(teams).where(eq(teams.id, actor.teamId)),
});

const rollOut = defineCommand({
  name: 'test.roll-out',
  permission: 'team:update',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  audit: { action: 'team.roll-out', target: 'team' },
  run: async ({ actor }) => ({ result: 'rolled out', targetId: actor.teamId }),
});

const compare = defineQuery({
  name: 'test.compare',
  permission: 'team:read',
  feature: 'advanced_analytics',
  input: z.strictObject({}),
  run: async () => 'compared',
});

let asked = Promise.withResolvers<void>();
const exportTeam = defineQuery({
  name: 'test.export-team',
  permission: 'team:read',
  isHeavy: true,
  input: z.strictObject({}),
  run: () => asked.promise,
});

let world: World;
let teamId: string;
const actor = (role: Role): UserActor => userActor(teamId, role);
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world, { name: 'before' })).id;
});
afterAll(() => world.close());

test('security N10: of two commands that lock the same rows in another order both are done, one after the other', async () => {
  [met, begun] = [Promise.withResolvers<void>(), 0];
  const other = (await makeTeam(world)).id;
  const context = commandContext(world);
  const results = await Promise.all([
    execute(context, actor('admin'), renameBoth, { ids: [teamId, other], name: 'one' }),
    execute(context, actor('admin'), renameBoth, { ids: [other, teamId], name: 'two' }),
  ]);
  expect(results).toEqual(['one', 'two']);
  const names = await world.db
    .select({ name: teams.name })
    .from(teams)
    .where(inArray(teams.id, [teamId, other]));
  expect(new Set(names.map(({ name }) => name)).size).toBe(1);
  expect(begun).toBe(3);
});

test('what refers to a row that was deleted in between is a conflict, and nothing of it stays', async () => {
  const joined = execute(commandContext(world), actor('admin'), joinTeam, {});
  await expect(joined).rejects.toMatchObject({ code: 'conflict' });
  expect(await world.db.select().from(memberships).where(eq(memberships.userId, NOBODY))).toEqual([]);
});

test('a command changes, leaves its row with before and after, and announces after the commit', async () => {
  const context = commandContext(world);
  expect(await execute(context, actor('admin'), renameTeam, { name: 'after' })).toBe('after');
  expect(await listAuditRows(world.db, teamId, 10)).toMatchObject([
    {
      action: 'team.rename',
      targetId: teamId,
      outcome: 'ok',
      details: { before: { name: 'before' }, after: { name: 'after' } },
    },
  ]);
  expect(context.published.map(([channel]) => channel)).toEqual([`events:${teamId}`, 'control']);
});

test('the weaker role is refused before anything is parsed, and the refusal is in the ledger', async () => {
  const context = commandContext(world);
  await expect(execute(context, actor('viewer'), renameTeam, { nonsense: 1 })).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect(await listAuditRows(world.db, teamId, 10)).toMatchObject([
    { action: 'team.rename', outcome: 'denied' },
  ]);
  await expect(ask(context, actor('developer'), readTeam, {})).rejects.toMatchObject({ code: 'forbidden' });
  expect(await listAuditRows(world.db, teamId, 1)).toMatchObject([
    { action: 'test.read-team', outcome: 'denied' },
  ]);
});

test('security Z8: a field that the schema does not know is refused with its path', async () => {
  const work = execute(commandContext(world), actor('admin'), renameTeam, { name: 'x', role: 'admin' });
  await expect(work).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ message: expect.stringContaining('role') }],
  });
});

test('text that the database cannot hold is refused with its path, by commands and queries alike', async () => {
  for (const name of ['a\0b', 'half \ud83d']) {
    await expect(execute(commandContext(world), actor('admin'), renameTeam, { name })).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: 'name' }],
    });
  }
  expect(await ask(commandContext(world), actor('admin'), readTeam, {})).toEqual([{ name: 'before' }]);
});

test('security U1: a failing command changes nothing, records nothing and announces nothing', async () => {
  const context = commandContext(world);
  const work = execute(context, actor('admin'), renameTeam, { name: 'after', fail: 'conflict' });
  await expect(work).rejects.toMatchObject({ code: 'conflict' });
  expect(await ask(context, actor('admin'), readTeam, {})).toEqual([{ name: 'before' }]);
  expect(await listAuditRows(world.db, teamId, 10)).toEqual([]);
  expect(context.published).toEqual([]);
});

test('a refusal from inside the work is rolled back and recorded as a denial', async () => {
  const work = execute(commandContext(world), actor('admin'), renameTeam, {
    name: 'after',
    fail: 'forbidden',
  });
  await expect(work).rejects.toMatchObject({ code: 'forbidden' });
  expect(await listAuditRows(world.db, teamId, 10)).toMatchObject([
    { outcome: 'denied', details: { reason: 'Not this one.' } },
  ]);
});

test('a bus that is down never fails a committed write', async () => {
  const context = commandContext(world);
  context.bus.publish = () => Promise.reject(new AppError('unavailable', 'bus down'));
  const warn = vi.spyOn(context.log, 'warn').mockImplementation(() => {});
  expect(await execute(context, actor('admin'), renameTeam, { name: 'after' })).toBe('after');
  expect(warn).toHaveBeenCalled();
});

test('security U8: what is expensive is asked so many times at once by a team, whoever of it asks', async () => {
  asked = Promise.withResolvers();
  const heavyWork = createConcurrencyGate({ atOnce: 1, waiting: 0, patienceMs: 1000 });
  const context = commandContext(world, { heavyWork });
  const first = ask(context, actor('viewer'), exportTeam, {});
  await expect(ask(context, actor('admin'), exportTeam, {})).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfterSeconds: 2,
  });
  const neighbour = ask(context, userActor((await makeTeam(world)).id, 'viewer'), exportTeam, {});
  asked.resolve();
  await Promise.all([first, neighbour]);
});

test('a verb that belongs to a feature is not there while its flag is off, whoever asks, and is from the moment it is on', async () => {
  const flags = {
    auto_scaling: false,
    advanced_analytics: false,
    deployment_automation: false,
    ai_recommendations: false,
  };
  const context = commandContext(world, { features: async () => flags });
  const off = { code: 'not_found', message: expect.stringContaining('switched off') };
  await expect(execute(context, actor('admin'), rollOut, {})).rejects.toMatchObject(off);
  await expect(ask(context, actor('viewer'), compare, {})).rejects.toMatchObject(off);
  await expect(execute(context, actor('viewer'), rollOut, {})).rejects.toMatchObject({ code: 'forbidden' });
  const withoutSettings = commandContext(world);
  await expect(execute(withoutSettings, actor('admin'), rollOut, {})).rejects.toMatchObject(off);
  expect((await listAuditRows(world.db, teamId, 5)).map(({ outcome }) => outcome)).toEqual(['denied']);
  flags.deployment_automation = true;
  expect(await execute(context, actor('admin'), rollOut, {})).toBe('rolled out');
  await expect(ask(context, actor('viewer'), compare, {})).rejects.toMatchObject(off);
  flags.advanced_analytics = true;
  expect(await ask(context, actor('viewer'), compare, {})).toBe('compared');
});
