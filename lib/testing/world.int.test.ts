import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAgent, makeApiKey, makeMember, makeSession, makeTeam } from './factories.ts';
import { createWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('a world is a migrated database of its own, reached as the app role', async () => {
  const other = await createWorld();
  try {
    await makeTeam(world, { slug: 'only-here' });
    expect(await world.sql`select slug from teams`).toEqual([{ slug: 'only-here' }]);
    expect(await other.sql`select slug from teams`).toEqual([]);
    await expect(world.sql`create table intruder (id int)`).rejects.toThrow(/permission denied/);
  } finally {
    await other.close();
  }
});

test('the factories make rows that the schema accepts', async () => {
  const team = await makeTeam(world);
  const member = await makeMember(world, team.id, 'developer');
  const session = await makeSession(world, member.id);
  const key = await makeApiKey(world, team.id, ['ingest']);
  const agent = await makeAgent(world, team.id);
  expect([session.userId, key.teamId, agent.teamId]).toEqual([member.id, team.id, team.id]);
});
