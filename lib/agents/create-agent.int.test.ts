import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agents, agentTransitions } from '#db/schema/agents.ts';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createAgent } from './create-agent.ts';

let world: World;
let teamId: string;
let userId: string;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  userId = (await makeUser(world)).id;
  context = commandContext(world);
});
afterAll(() => world.close());

const create = (input: object, role: Role = 'developer') =>
  execute(context, userActor(teamId, role, { userId }), createAgent, input);
const rowOf = async (id: string) => (await world.db.select().from(agents).where(eq(agents.id, id)))[0];

test('an agent made by hand belongs to its maker, is stopped until it is heard of, and is in the ledger', async () => {
  const { id, controlSecret } = await create({ name: ' planner ' });
  expect(controlSecret).toBeNull();
  expect(await rowOf(id)).toMatchObject({
    ownerId: userId,
    source: 'manual',
    status: 'stopped',
    statusReason: 'planner has not sent telemetry yet.',
  });
  expect(await listAuditRows(world.db, teamId, 10)).toMatchObject([{ action: 'agent.create', targetId: id }]);
  expect(context.published).toEqual([
    [`events:${teamId}`, JSON.stringify({ type: 'agent.changed', agentId: id })],
  ]);
});

test('a viewer cannot make agents', async () => {
  await expect(create({ name: 'planner' }, 'viewer')).rejects.toMatchObject({ code: 'forbidden' });
});

test('of two agents of one identity at once, one is made', async () => {
  const results = await Promise.allSettled([create({ name: 'twin' }), create({ name: 'twin' })]);
  expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
    code: 'conflict',
    message: 'There already is an agent named twin in environment default.',
  });
});

test('at most 10 agents by hand a person, also when 15 are asked for at once', async () => {
  const results = await Promise.allSettled(Array.from({ length: 15 }, (_, i) => create({ name: `a${i}` })));
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(10);
  expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({ code: 'conflict' });
});

test('a team at its limit gets no further agent', async () => {
  context.deps.agentLimits.perTeam = 1;
  await makeAgent(world, teamId);
  await expect(create({ name: 'one-more' })).rejects.toMatchObject({ code: 'conflict' });
});

test('an agent that was deleted comes back under its old id with nothing of its old settings', async () => {
  const gone = await makeAgent(world, teamId, {
    name: 'phoenix',
    deletedAt: new Date(),
    status: 'error',
    controlUrl: 'https://a.example/control',
    controlSecret: 'old',
  });
  expect((await create({ name: 'phoenix' })).id).toBe(gone.id);
  expect(await rowOf(gone.id)).toMatchObject({
    deletedAt: null,
    status: 'stopped',
    controlUrl: null,
    controlSecret: null,
  });
  const changes = world.db.select().from(agentTransitions).where(eq(agentTransitions.agentId, gone.id));
  expect(await changes).toMatchObject([{ fromStatus: 'error', toStatus: 'stopped' }]);
});
