import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertRules } from '#db/schema/alert-rules.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { placeStarterPacks } from './starter-pack.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const rulesOf = (teamId: string) => world.db.select().from(alertRules).where(eq(alertRules.teamId, teamId));

test('a team gets its first rules with its first agent, once, with rows in the ledger', async () => {
  const team = await makeTeam(world);
  const empty = await makeTeam(world);
  expect(await placeStarterPacks(world.db)).toBe(0);
  await makeAgent(world, team.id);
  const both = await Promise.all([placeStarterPacks(world.db), placeStarterPacks(world.db)]);
  expect(both.reduce((a, b) => a + b)).toBe(1);
  const rules = await rulesOf(team.id);
  expect(rules.map(({ name }) => name).sort()).toEqual([
    'Agent silent',
    'Cost burn',
    'Error rate',
    'Slow runs',
  ]);
  expect(await rulesOf(empty.id)).toEqual([]);
  const rows = await listAuditRows(world.db, team.id, 10);
  expect(rows.map(({ action, actorName }) => [action, actorName])).toEqual(
    rules.map(() => ['alert-rule.create', 'starter pack']),
  );
});

test('starter rules that were deleted stay deleted', async () => {
  const team = await makeTeam(world);
  await makeAgent(world, team.id);
  await placeStarterPacks(world.db);
  await world.db.delete(alertRules).where(eq(alertRules.teamId, team.id));
  expect(await placeStarterPacks(world.db)).toBe(0);
  expect(await rulesOf(team.id)).toEqual([]);
});

test('a rule of the same name that somebody made stays as it is', async () => {
  const team = await makeTeam(world);
  const definition = { type: 'threshold', levels: { critical: 1 } };
  await world.db.insert(alertRules).values({
    ...{ id: crypto.randomUUID(), teamId: team.id, name: 'Error rate', type: 'threshold' },
    ...{ definition, intervalSeconds: 60 },
  });
  await makeAgent(world, team.id);
  await placeStarterPacks(world.db);
  const rules = await rulesOf(team.id);
  expect([rules.length, rules.find(({ name }) => name === 'Error rate')?.type]).toEqual([4, 'threshold']);
});
