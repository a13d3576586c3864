import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agents } from '#db/schema/agents.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { claimAgent } from './claim-agent.ts';
import { createAgent } from './create-agent.ts';
import { deleteAgent } from './delete-agent.ts';
import { registerAgents } from './register-agents.ts';
import { rotateControlSecret } from './rotate-control-secret.ts';
import { startAgent } from './start-agent.ts';
import { stopAgent } from './stop-agent.ts';
import { updateAgent } from './update-agent.ts';

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

const actor = (role: Role = 'developer') => userActor(teamId, role, { userId });
const as = (person: string) => userActor(teamId, 'developer', { userId: person });
const rowOf = async (id: string) => (await world.db.select().from(agents).where(eq(agents.id, id)))[0];
const agentIn = (team: string) =>
  makeAgent(world, team, { name: 'planner', source: 'manual', controlUrl: 'https://a.example/control' });

/** Every verb about an agent that exists: how it is called, what it changes, what its ledger row says. */
const VERBS = [
  [updateAgent, { description: 'plans' }, { description: 'plans' }, 'agent.update'],
  [deleteAgent, {}, { deletedAt: expect.any(Date) }, 'agent.delete'],
  [claimAgent, {}, { ownerId: expect.any(String) }, 'agent.claim'],
  [stopAgent, {}, { desiredState: 'stopped', status: 'running' }, 'agent.stop'],
  [rotateControlSecret, {}, { controlSecret: expect.any(String) }, 'agent.rotate-control-secret'],
] as const;

test.each(VERBS)(
  '$name changes the agent and leaves its row in the ledger',
  async (verb, input, after, action) => {
    const { id } = await agentIn(teamId);
    await execute(context, actor(), verb, { id, ...input });
    expect(await rowOf(id)).toMatchObject(after);
    expect(await listAuditRows(world.db, teamId, 10)).toMatchObject([
      { action, targetId: id, outcome: 'ok' },
    ]);
  },
);

test.each(VERBS)('$name is refused to a viewer', async (verb, input) => {
  const { id } = await agentIn(teamId);
  const before = await rowOf(id);
  await expect(execute(context, actor('viewer'), verb, { id, ...input })).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect(await rowOf(id)).toEqual(before);
});

test.each(VERBS)('security Z4: $name finds no agent of another team', async (verb, input) => {
  const foreign = await agentIn((await makeTeam(world)).id);
  await expect(execute(context, actor(), verb, { id: foreign.id, ...input })).rejects.toMatchObject({
    code: 'not_found',
    message: 'There is no such agent.',
  });
  expect(await rowOf(foreign.id)).toEqual(foreign);
});

test('of two claims at once one wins and the other is told so', async () => {
  const { id } = await agentIn(teamId);
  const other = (await makeUser(world)).id;
  const claims = [as(userId), as(other)].map((person) => execute(context, person, claimAgent, { id }));
  const results = await Promise.allSettled(claims);
  expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({ code: 'conflict' });
});

test('of a start and a stop at once one is taken, and nothing else until it is settled', async () => {
  const { id } = await makeAgent(world, teamId, {
    status: 'degraded',
    controlUrl: 'https://a.example/control',
  });
  const both = [startAgent, stopAgent].map((verb) => execute(context, actor(), verb, { id }));
  const results = await Promise.allSettled(both);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  await expect(execute(context, actor(), startAgent, { id })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('waiting to be confirmed'),
  });
});

test('of two deletions at once one finds the agent gone', async () => {
  const { id } = await agentIn(teamId);
  const results = await Promise.allSettled([1, 2].map(() => execute(context, actor(), deleteAgent, { id })));
  expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(context.published).toHaveLength(1);
});

test('a deleted agent that sends again comes back without its configuration and its signing secret', async () => {
  const input = {
    ...{ name: 'planner', description: 'plans', controlUrl: 'https://a.example/control' },
    replicas: 3,
  };
  const { id } = await execute(context, actor(), createAgent, input);
  await execute(context, actor(), deleteAgent, { id });
  const pool = openTelemetryPool(world.appUrl);
  try {
    const heard = {
      environment: 'default',
      serviceNamespace: '',
      name: 'planner',
      version: null,
      convention: null,
    };
    expect((await registerAgents(pool, teamId, [heard], 10)).created).toEqual([id]);
  } finally {
    await pool.end();
  }
  expect(await rowOf(id)).toMatchObject({
    ...{ deletedAt: null, ownerId: null, description: '', replicas: 1 },
    ...{ controlUrl: null, controlSecret: null },
  });
});

test('a change based on an old state is a conflict, and the newer one stays', async () => {
  const agent = await agentIn(teamId);
  const change = (description: string) =>
    execute(context, actor(), updateAgent, {
      id: agent.id,
      description,
      ifUpdatedAt: agent.updatedAt.getTime(),
    });
  const results = await Promise.allSettled([change('one'), change('two')]);
  const lost = results.find((result) => result.status === 'rejected');
  expect(lost?.reason).toMatchObject({ code: 'conflict' });
  expect(['one', 'two']).toContain((await rowOf(agent.id))?.description);
});

test('a start without a control URL is refused with the reason that the button shows', async () => {
  const { id } = await makeAgent(world, teamId, { name: 'bare', status: 'stopped' });
  await expect(execute(context, actor(), startAgent, { id })).rejects.toMatchObject({
    code: 'conflict',
    message: 'bare has no control URL. Add one in its configuration so that it can be started and stopped.',
  });
});

test('a discovered agent keeps the identity that its telemetry gives it', async () => {
  const { id } = await makeAgent(world, teamId, { name: 'seen' });
  await expect(execute(context, actor(), updateAgent, { id, name: 'other' })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'name' }],
  });
});

test('security O8: a first control URL brings a secret that is sealed, shown once and not in the ledger', async () => {
  const { id } = await makeAgent(world, teamId);
  const controlUrl = 'https://a.example/control';
  const first = await execute(context, actor(), updateAgent, { id, controlUrl });
  expect(first.controlSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect((await rowOf(id))?.controlSecret).toBe(context.deps.sealer.seal(first.controlSecret ?? ''));
  expect((await execute(context, actor(), updateAgent, { id, controlUrl })).controlSecret).toBeNull();
  expect(JSON.stringify(await listAuditRows(world.db, teamId, 10))).not.toContain('whsec_');
});

test('security Z8: owner, team, status and source are not for the caller to set', async () => {
  for (const field of ['ownerId', 'teamId', 'status', 'source', 'deletedAt']) {
    const attempt = execute(context, actor(), createAgent, { name: 'x', [field]: userId });
    await expect(attempt).rejects.toMatchObject({ code: 'invalid' });
  }
});
