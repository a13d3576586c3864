import { eq } from 'drizzle-orm';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agents, agentVersionChanges } from '#db/schema/agents.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { touchAgents } from './touch-agents.ts';

const START_MS = Date.parse('2026-11-01T12:00:00Z');
const MINUTE_MS = 60_000;

let world: World;
let pool: pg.Pool;

beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 10);
});

afterAll(async () => {
  await pool.end();
  await world.close();
});

async function newAgent(version: string | null) {
  const { id: teamId } = await makeTeam(world);
  const { id } = await makeAgent(world, teamId, { version });
  const changes = async () => {
    const rows = await world.db.select().from(agentVersionChanges).where(eq(agentVersionChanges.agentId, id));
    return rows.map((row) => `${row.fromVersion} to ${row.toVersion}`).sort();
  };
  const touch = (minute: number, told: string | null) =>
    touchAgents(pool, [
      { agentId: id, lastTelemetryMs: START_MS + minute * MINUTE_MS, version: told, convention: null },
    ]);
  const row = async () => (await world.db.select().from(agents).where(eq(agents.id, id)))[0];
  return { changes, touch, row };
}

test('the last telemetry of an agent never moves back, and no version takes none away', async () => {
  const agent = await newAgent(null);
  await agent.touch(2, '2.0');
  await agent.touch(1, null);
  expect(await agent.row()).toMatchObject({
    lastTelemetryAt: new Date(START_MS + 2 * MINUTE_MS),
    version: '2.0',
  });
  expect(await agent.changes()).toEqual([]);
});

test('a new version is a change, told once, and so is going back to the old one', async () => {
  const agent = await newAgent('1.0');
  for (const minute of [0, 1, 2]) await agent.touch(minute, '1.1');
  expect(await agent.changes()).toEqual(['1.0 to 1.1']);
  await agent.touch(30, '1.0');
  expect(await agent.changes()).toEqual(['1.0 to 1.1', '1.1 to 1.0']);
});

test('replicas of two versions that report in turn during a rollout are one change', async () => {
  const agent = await newAgent('1.0');
  for (const [minute, version] of [
    [0, '1.1'],
    [1, '1.0'],
    [2, '1.1'],
    [3, '1.0'],
    [4, '1.1'],
  ] as const) {
    await agent.touch(minute, version);
  }
  expect(await agent.changes()).toEqual(['1.0 to 1.1']);
});

test('processes that hear of a new version at once note one change', async () => {
  const agent = await newAgent('1.0');
  await Promise.all(Array.from({ length: 6 }, () => agent.touch(0, '2.0')));
  expect(await agent.changes()).toEqual(['1.0 to 2.0']);
});
