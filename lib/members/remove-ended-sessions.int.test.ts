import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessions } from '#db/schema/members.ts';
import { makeSession, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { removeEndedSessions } from './remove-ended-sessions.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('sessions that ended over a week ago go, live and recently ended ones stay', async () => {
  const { id } = await makeUser(world);
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  const live = await makeSession(world, id);
  const recent = await makeSession(world, id, { revokedAt: daysAgo(6) });
  await makeSession(world, id, { revokedAt: daysAgo(8) });
  await makeSession(world, id, { idleExpiresAt: daysAgo(8) });
  expect(await removeEndedSessions(world.db)).toEqual({ done: 2, more: false });
  const left = await world.db.select({ id: sessions.id }).from(sessions);
  expect(left.map((row) => row.id).toSorted()).toEqual([live.id, recent.id].toSorted());
});
