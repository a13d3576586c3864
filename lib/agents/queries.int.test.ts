import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agentTransitions } from '#db/schema/agents.ts';
import { ask } from '#lib/command/define-query.ts';
import { agentListSchema } from '#lib/model/agent-view.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { agentFacets, countAgents, getAgent, listAgents } from './queries.ts';
import { listTransitions } from './transition-queries.ts';

let world: World;
let teamId: string;
let foreign: Awaited<ReturnType<typeof makeAgent>>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  foreign = await makeAgent(world, (await makeTeam(world)).id, { name: 'foreign', status: 'error' });
});
afterAll(() => world.close());

const viewer = () => userActor(teamId, 'viewer');
const names = async (query: object) =>
  (await ask(commandContext(world), viewer(), listAgents, query)).items.map((agent) => agent.name);

test.each(agentListSchema.shape.sort.unwrap().options)(
  'pages by %s show every agent once, in both directions',
  async (sort) => {
    for (const name of ['e', 'd', 'c', 'b', 'a']) {
      await makeAgent(world, teamId, { name, version: name > 'c' ? null : '1.0' });
    }
    const walk = async (order: 'asc' | 'desc') => {
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const query = { sort, order, limit: '2', cursor: cursor ?? undefined };
        const page = await ask(commandContext(world), viewer(), listAgents, query);
        seen.push(...page.items.map((agent) => agent.name));
        cursor = page.nextCursor;
      }
      return seen;
    };
    const ascending = await walk('asc');
    expect(ascending.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await walk('desc')).toEqual(ascending.toReversed());
  },
);

test('filters narrow by status, environment, owner and text, and % is only a character', async () => {
  const owner = await makeUser(world);
  await makeAgent(world, teamId, { name: 'planner', environment: 'prod', ownerId: owner.id });
  await makeAgent(world, teamId, { name: '100%', status: 'error' });
  await makeAgent(world, teamId, { name: 'gone', deletedAt: new Date() });
  expect(await names({})).toEqual(['100%', 'planner']);
  expect(await names({ q: '%' })).toEqual(['100%']);
  expect(await names({ status: 'error,degraded' })).toEqual(['100%']);
  expect(await names({ environment: 'prod', owner: owner.id })).toEqual(['planner']);
});

test('a cursor of another order or made up is refused, never a database error', async () => {
  const id = '019a0000-0000-7000-8000-000000000000';
  for (const position of [
    ['name:asc', 'a', id],
    ['attention:asc', 'a', id],
    ['attention:asc', 1, 'b'],
    'x',
  ]) {
    const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
    await expect(names({ cursor })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'cursor' }] });
  }
});

test('security Z4: an agent of another team answers as one that does not exist', async () => {
  const context = commandContext(world);
  const unknown = { id: '019a0000-0000-7000-8000-000000000000' };
  const answers = [
    ask(context, viewer(), getAgent, { id: foreign.id }),
    ask(context, viewer(), getAgent, unknown),
    ask(context, viewer(), listTransitions, { agentId: foreign.id }),
  ];
  for (const { status, reason } of (await Promise.allSettled(answers)) as PromiseRejectedResult[]) {
    expect({ status, code: reason.code, message: reason.message }).toEqual({
      status: 'rejected',
      code: 'not_found',
      message: 'There is no such agent.',
    });
  }
});

test('security Z5: counts and facets see the own team only', async () => {
  await makeAgent(world, teamId, { environment: 'prod', status: 'degraded' });
  const context = commandContext(world);
  expect(await ask(context, viewer(), countAgents, {})).toMatchObject({
    total: 1,
    attention: 1,
    byStatus: { error: 0, degraded: 1 },
  });
  const facets = await ask(context, viewer(), agentFacets, {});
  expect(facets.environment).toEqual([{ value: 'prod', label: 'prod', count: 1 }]);
  expect(facets.owner).toEqual([{ value: 'none', label: 'nobody', count: 1 }]);
});

test('a viewer sees addresses without their secrets and is told why a button is off', async () => {
  const agent = await makeAgent(world, teamId, {
    healthUrl: 'https://u:p@a.example/h?key=s',
    name: 'planner',
  });
  const seen = await ask(commandContext(world), viewer(), getAgent, { id: agent.id });
  expect(seen.healthUrl).toBe('https://a.example/h');
  expect(seen.can.start).toEqual({ allowed: false, reason: 'Your role does not allow to start agents.' });
  const builder = await ask(commandContext(world), userActor(teamId, 'developer'), getAgent, {
    id: agent.id,
  });
  expect(builder.healthUrl).toBe('https://u:p@a.example/h?key=s');
  expect(builder.can.start).toMatchObject({
    allowed: false,
    reason: expect.stringContaining('no control URL'),
  });
});

test('transitions come newest first, page by page', async () => {
  const { id: agentId } = await makeAgent(world, teamId);
  const at = (second: number) => new Date(1_700_000_000_000 + second * 1000);
  const change = { teamId, agentId, fromStatus: 'running', toStatus: 'error', reason: 'r' } as const;
  await world.db
    .insert(agentTransitions)
    .values([1, 2, 2, 3].map((second) => ({ ...change, at: at(second) })));
  const context = commandContext(world);
  const first = await ask(context, viewer(), listTransitions, { limit: 2 });
  const rest = await ask(context, viewer(), listTransitions, { cursor: first.nextCursor });
  const times = [...first.items, ...rest.items].map((row) => row.at);
  expect(times).toEqual([3, 2, 2, 1].map((second) => at(second).getTime()));
  expect(rest.nextCursor).toBeNull();
});
