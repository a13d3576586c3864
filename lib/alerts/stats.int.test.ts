import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertEvents } from '#db/schema/alerts.ts';
import { ask } from '#lib/command/define-query.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { makeAlert } from '#lib/testing/notifications.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { readAlertStats } from './stats.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const NOW = Date.now();
const ago = (seconds: number): Date => new Date(NOW - seconds * 1000);

async function handled(teamId: string, values: object, ackAfter: number | null, createdAgo = 3600) {
  const createdAt = ago(createdAgo);
  const alert = await makeAlert(world, teamId, { createdAt, startsAt: createdAt, ...values });
  if (ackAfter === null) return;
  const by = { actorKind: 'user' as const, actorId: 'u', actorName: 'u', via: 'web' };
  for (const seconds of [ackAfter, ackAfter + 60])
    await world.db.insert(alertEvents).values({
      teamId,
      alertId: alert.id,
      kind: 'acknowledged',
      at: new Date(createdAt.getTime() + seconds * 1000),
      ...by,
    });
}

test('times count from the opening to the first acknowledgement and to the end; other teams and older alerts do not', async () => {
  const teamId = (await makeTeam(world)).id;
  const agent = await makeAgent(world, teamId, { name: 'planner' });
  const over = { status: 'resolved' as const, resolvedAt: ago(3000) };
  await handled(teamId, { agentId: agent.id, feedback: 'noise', ...over }, 30);
  await handled(teamId, { agentId: agent.id, feedback: 'useful' }, 90);
  await handled(teamId, { flapping: true }, null);
  await handled(teamId, {}, 1000, 40 * 86_400);
  await handled((await makeTeam(world)).id, {}, 1000);
  const stats = await ask(commandContext(world), userActor(teamId, 'viewer'), readAlertStats, {});
  expect(stats).toMatchObject({
    opened: 3,
    acknowledged: 2,
    resolved: 1,
    meanTimeToAcknowledge: 60,
    meanTimeToResolve: 600,
    useful: 1,
    noise: 1,
    byAgent: [
      { agentName: 'planner', opened: 2, noise: 1, meanTimeToAcknowledge: 60 },
      { agentId: null, opened: 1 },
    ],
    bySource: [{ opened: 3, useful: 1, noise: 1, flapping: 1 }],
  });
  expect(stats.byDay.reduce((sum, day) => sum + day.opened, 0)).toBe(3);
});

test('without alerts there is nothing to measure', async () => {
  const actor = userActor((await makeTeam(world)).id, 'viewer');
  const stats = await ask(commandContext(world), actor, readAlertStats, { days: 7 });
  expect(stats).toMatchObject({ opened: 0, meanTimeToAcknowledge: null, byDay: [] });
});
