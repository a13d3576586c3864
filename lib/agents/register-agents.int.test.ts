import { eq } from 'drizzle-orm';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agents, agentTransitions } from '#db/schema/agents.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { registerAgents, showAgents } from './register-agents.ts';

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

const named = (name: string, values: { environment?: string } = {}) => ({
  environment: 'default',
  serviceNamespace: '',
  name,
  version: '1.0',
  convention: 'gen_ai',
  ...values,
});

const rowOf = async (id: string) => (await world.db.select().from(agents).where(eq(agents.id, id)))[0];

test('an agent appears with its first telemetry and keeps its id', async () => {
  const { id: teamId } = await makeTeam(world);
  const first = await registerAgents(pool, teamId, [named('a'), named('b'), named('a')], 10);
  expect(first.ids[0]).toBe(first.ids[2]);
  expect(first.created.toSorted()).toEqual([first.ids[0] ?? '', first.ids[1] ?? ''].toSorted());
  const again = await registerAgents(pool, teamId, [named('b'), named('a', { environment: 'staging' })], 10);
  expect(again.ids[0]).toBe(first.ids[1]);
  expect(again.created).toEqual([again.ids[1]]);
  expect(await rowOf(first.ids[0] ?? '')).toMatchObject({
    status: 'running',
    statusReason: 'first telemetry received',
    source: 'discovered',
    ownerId: null,
    version: '1.0',
  });
});

test('many processes that meet the same new agents make each once', async () => {
  const { id: teamId } = await makeTeam(world);
  const wanted = Array.from({ length: 30 }, (_, i) => named(`agent-${i}`));
  const all = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((i) => registerAgents(pool, teamId, i % 2 ? wanted : wanted.toReversed(), 30)),
  );
  expect(all.flatMap((result) => result.created)).toHaveLength(30);
  const ids = new Set(all.flatMap((result) => result.ids));
  expect(ids.size).toBe(30);
  expect(ids.has(null)).toBe(false);
});

test('the limit of a team refuses further agents, not those it knows nor those made by hand', async () => {
  const { id: teamId } = await makeTeam(world);
  const manual = await makeAgent(world, teamId, { name: 'manual', source: 'manual' });
  await registerAgents(pool, teamId, [named('a'), named('b')], 2);
  const full = await registerAgents(pool, teamId, [named('c'), named('a'), named('manual')], 2);
  expect(full.ids[0]).toBeNull();
  expect(full.ids[1]).not.toBeNull();
  expect(full.ids[2]).toBe(manual.id);
});

const changesOf = (id: string) =>
  world.db.select().from(agentTransitions).where(eq(agentTransitions.agentId, id));
const BACK = { toStatus: 'running', reason: 'telemetry received again after it was deleted' };

test('a deleted agent that sends again is discovered anew, under its old id, and its transitions say so', async () => {
  const { id: teamId } = await makeTeam(world);
  const deleted = await makeAgent(world, teamId, {
    ...{ name: 'gone', status: 'stopped', deletedAt: new Date() },
    health: { failedControl: 'start', failedProbes: 2 },
  });
  const back = await registerAgents(pool, teamId, [named('gone')], 10);
  expect(back).toEqual({ ids: [deleted.id], created: [deleted.id] });
  const now = { deletedAt: null, status: 'running', source: 'discovered', health: {} };
  expect(await rowOf(deleted.id)).toMatchObject(now);
  expect(await changesOf(deleted.id)).toMatchObject([{ ...BACK, fromStatus: 'stopped', announcedAt: null }]);
});

test('an agent that ran when it was deleted, and one that is new, come without a transition', async () => {
  const { id: teamId } = await makeTeam(world);
  const ran = await makeAgent(world, teamId, { name: 'ran', deletedAt: new Date() });
  const { created } = await registerAgents(pool, teamId, [named('ran'), named('new')], 10);
  expect(created).toHaveLength(2);
  expect((await Promise.all([...created, ran.id].map(changesOf))).flat()).toEqual([]);
});

test('a deleted agent that turns out to be meant comes back with a transition', async () => {
  const { id: teamId } = await makeTeam(world);
  const deletedAt = new Date(Date.now() - 60_000);
  const { id } = await makeAgent(world, teamId, { name: 'meant', status: 'error', deletedAt });
  const tx = await pool.connect();
  try {
    expect(await showAgents(tx, teamId, [{ agentId: id, heardMs: Date.now() }])).toEqual([id]);
  } finally {
    tx.release();
  }
  expect(await changesOf(id)).toMatchObject([{ ...BACK, fromStatus: 'error' }]);
});
