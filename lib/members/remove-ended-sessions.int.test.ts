import { afterAll, beforeAll, expect, test } from 'vitest';
import { mails } from '#db/schema/mails.ts';
import { sessions } from '#db/schema/members.ts';
import { passwordResets, signInChallenges } from '#db/schema/sign-in.ts';
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

test('mails, links and challenges that are over go; those that still count stay', async () => {
  const { id: userId } = await makeUser(world);
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  const [fresh, old] = [ago(0), ago(8)];
  for (const [i, at] of [fresh, old].entries()) {
    const tokenHash = Buffer.alloc(32, i);
    await world.db
      .insert(signInChallenges)
      .values({ tokenHash, kind: 'second-factor', userId, expiresAt: at });
    await world.db.insert(passwordResets).values({ tokenHash, userId, expiresAt: at });
    await world.db.insert(mails).values({
      ...{
        kind: 'password-reset',
        recipient: 'ann@example.test',
        status: 'sent',
        expiresAt: at,
        endedAt: at,
      },
    });
  }
  expect(await removeEndedSessions(world.db)).toMatchObject({ done: 3 });
  for (const table of [signInChallenges, passwordResets, mails])
    expect(await world.db.select({ at: table.expiresAt }).from(table)).toEqual([{ at: fresh }]);
});
