import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { readRunRates } from './run-rates.ts';

const NOW = Date.now();
let world: World;
beforeAll(async () => {
  world = await createWorld();
  for (const minutes of [0, 10]) {
    await world.sql`select ensure_partition('rollup_operations_10', ${new Date(NOW - minutes * 60_000).toISOString()})`;
  }
});
afterAll(() => world.close());

async function addRuns(
  teamId: string,
  agentId: string,
  of: string,
  rows: [secondsAgo: number, calls: number, errors: number][],
) {
  const [series] = await world.sql`
    insert into operation_series (team_id, agent_id, class, operation, provider, model)
    values (${teamId}, ${agentId}, ${of}, 'invoke_agent', '', '') returning id`;
  for (const [secondsAgo, calls, errors] of rows) {
    await world.sql`
      insert into rollup_operations_10 values (${series?.id}, ${new Date(NOW - secondsAgo * 1000).toISOString()}, ${calls}, ${errors},
        0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, '')`;
  }
}

test('runs of the last 5 minutes are added up by agent; model calls and older runs are not', async () => {
  const team = await makeTeam(world);
  const [busy, idle] = [await makeAgent(world, team.id), await makeAgent(world, team.id)];
  await addRuns(team.id, busy.id, 'run', [
    [10, 4, 1],
    [250, 6, 2],
    [310, 50, 50],
  ]);
  await addRuns(team.id, busy.id, 'model', [[10, 99, 99]]);
  const rates = await readRunRates(world.db, [busy.id, idle.id], NOW);
  expect([...rates]).toEqual([[busy.id, { total: 10, failed: 3, of: 'run' }]]);
});

test('an agent that never has runs is judged by its model calls, one that has them never is', async () => {
  const team = await makeTeam(world);
  const [caller, user, resting] = [
    await makeAgent(world, team.id),
    await makeAgent(world, team.id),
    await makeAgent(world, team.id),
  ];
  await addRuns(team.id, caller.id, 'model', [[10, 8, 4]]);
  await addRuns(team.id, caller.id, 'tool', [[10, 50, 50]]);
  await addRuns(team.id, user.id, 'tool', [[10, 6, 2]]);
  await addRuns(team.id, resting.id, 'run', [[400, 5, 0]]);
  await addRuns(team.id, resting.id, 'model', [[10, 50, 50]]);
  const rates = await readRunRates(world.db, [caller.id, user.id, resting.id], NOW);
  expect(Object.fromEntries(rates)).toEqual({
    [caller.id]: { total: 8, failed: 4, of: 'model' },
    [user.id]: { total: 6, failed: 2, of: 'tool' },
  });
});
