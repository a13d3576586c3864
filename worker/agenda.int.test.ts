import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { type Agenda, createAgenda } from './agenda.ts';

let world: World;
let agenda: Agenda;
beforeAll(async () => {
  world = await createWorld();
  agenda = createAgenda(world.sql);
});
afterAll(() => world.close());

test('nothing is on the agenda of a product without agents', async () => {
  expect(await agenda()).toEqual(new Map());
});

test('work that has come is on the agenda, work of the next second with the time until then, later work is not', async () => {
  const { id: teamId } = await makeTeam(world);
  const { id: agentId } = await makeAgent(world, teamId);
  await world.sql`update agents set desired_state = 'running' where id = ${agentId}`;
  await world.sql`insert into rollup_windows (level, window_start, team_id, writer, due_at)
    values (10, now(), ${teamId}, 'test', now() + interval '1500 ms')`;
  await world.sql`insert into waiting_traces (team_id, trace_id, since, next_at)
    values (${teamId}, decode('00', 'hex'), now(), now() + interval '1 hour')`;
  await world.sql`insert into deployment_previews (id, team_id, plan, payload_hash, expires_at)
    values (gen_random_uuid(), ${teamId}, '{}', '', now() + interval '1 hour')`;
  const { rollups, ...now } = Object.fromEntries(await agenda());
  expect(now).toEqual({ control: 0, previews: 0, 'rule-upkeep': 0 });
  expect(rollups).toBeGreaterThan(500);
  expect(rollups).toBeLessThanOrEqual(1500);
});
