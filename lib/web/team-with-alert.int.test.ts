import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberships } from '#db/schema/members.ts';
import { teamsOf } from '#lib/members/teams-of.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { makeAlert } from '#lib/testing/notifications.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { teamWithAlert } from './team-with-alert.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('alerting S99: a tap on the notification of another team of the person is answered there, one of a foreign team nowhere', async () => {
  const [seen, other, foreign] = [
    (await makeTeam(world)).id,
    (await makeTeam(world)).id,
    (await makeTeam(world)).id,
  ];
  const { id: userId } = await makeMember(world, seen, 'developer');
  await world.db.insert(memberships).values({ teamId: other, userId, role: 'developer' });
  const looking = { session: { teams: await teamsOf(world.db, userId) }, actor: { teamId: seen } };
  const teamFor = async (teamId: string) =>
    teamWithAlert(world, looking, { id: (await makeAlert(world, teamId)).id });
  expect(await teamFor(seen)).toBe(seen);
  expect(await teamFor(other)).toBe(other);
  expect(await teamFor(foreign)).toBe(seen);
  expect(await teamWithAlert(world, looking, { id: 'none' })).toBe(seen);
});
