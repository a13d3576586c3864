import { afterAll, beforeAll, expect, test } from 'vitest';
import { knownLabels, matchingAlerts } from '#lib/alerts/quiet/matching-alerts.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { listRoutes } from '#lib/notifications/route-queries.ts';
import { whichRoutes } from '#lib/notifications/which-routes.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createRoute } from './manage-routes.ts';
import { orderRoutes } from './order-routes.ts';

let world: World;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
  context = commandContext(world);
});
afterAll(() => world.close());

async function aTeam() {
  const teamId = (await makeTeam(world)).id;
  const { id: userId } = await makeMember(world, teamId, 'developer');
  const actor = (role: 'developer' | 'viewer' = 'developer') => userActor(teamId, role, { userId });
  const makeRoute = (name: string, value: string) =>
    execute(context, actor(), createRoute, {
      name,
      matchers: [{ name: 'agent', operator: '=~', value }],
      position: 5,
    });
  return { teamId, actor, makeRoute };
}

test('routes are asked in the order in which people put them, and the tester says who takes an alert', async () => {
  const { actor, makeRoute } = await aTeam();
  const all = await makeRoute('all agents', '.+');
  const planners = await makeRoute('planners', 'planner.*');
  const taking = async () =>
    (await ask(context, actor('viewer'), whichRoutes, { labels: { alertname: 'Slow', agent: 'planner-2' } }))
      .items;
  expect(await taking()).toMatchObject([{ id: all.id }]);
  await execute(context, actor(), orderRoutes, { ids: [planners.id, all.id] });
  expect(await taking()).toEqual([
    { id: planners.id, name: 'planners', group: { agent: 'planner-2', alertname: 'Slow' } },
  ]);
  const { items } = await ask(context, actor(), listRoutes, {});
  expect(items.map(({ name }) => name)).toEqual(['planners', 'all agents', 'Everything else']);
});

test('an order that leaves a route out is a conflict, and viewers may not order', async () => {
  const { actor, makeRoute } = await aTeam();
  const { id } = await makeRoute('one', 'a');
  await makeRoute('two', 'b');
  for (const ids of [[id], [id, id], []])
    await expect(execute(context, actor(), orderRoutes, { ids })).rejects.toMatchObject({ code: 'conflict' });
  await expect(execute(context, actor('viewer'), orderRoutes, { ids: [id] })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('a form knows which open alerts its matchers touch, and only those of its own team', async () => {
  const { teamId, actor } = await aTeam();
  const at = new Date();
  const finding = (agent: string) =>
    makeFinding({
      labels: { alertname: 'Slow', agent },
      fingerprint: agent,
      severity: 'error',
      startsAt: at,
    });
  await world.db.transaction((tx) => applyFindings(tx, teamId, [finding('a'), finding('b')], at));
  const matchers = [{ name: 'agent', operator: '=' as const, value: 'a' }];
  const answer = await ask(context, actor('viewer'), matchingAlerts, { matchers });
  expect(answer).toMatchObject({
    open: 2,
    matching: 1,
    items: [{ labels: { agent: 'a', severity: 'error' } }],
  });
  expect(await ask(context, actor('viewer'), knownLabels, {})).toMatchObject({
    agent: ['a', 'b'],
    alertname: ['Slow'],
  });
  const other = await aTeam();
  expect(await ask(context, other.actor(), matchingAlerts, { matchers: [] })).toMatchObject({ open: 0 });
});
