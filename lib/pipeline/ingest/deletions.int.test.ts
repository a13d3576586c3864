import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { makeEventBus } from '#lib/compose/event-bus.ts';
import { makeConfig } from '#lib/config/config.ts';
import { createLog } from '#lib/kernel/log.ts';
import { channels } from '#lib/model/event.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { followDeletions } from './deletions.ts';

const log = createLog('test', 'silent');
let world: World;
let pool: pg.Pool;
let bus: EventBus;

beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 2);
  bus = makeEventBus(
    makeConfig({ DATABASE_URL: world.appUrl, SECRET_KEY: 'a secret key for tests that is long enough' }),
    log,
  );
});

afterAll(async () => {
  await bus.close();
  await pool.end();
  await world.close();
});

/** Follows deletions until it is stopped; `heard` waits for what is to be forgotten. */
async function follow(lookEveryMs: number) {
  const forgotten: (string | null)[] = [];
  const following = await followDeletions(
    { bus, pool, log, forget: (id) => forgotten.push(id) },
    lookEveryMs,
  );
  const heard = (id: string | null) =>
    expect.poll(() => forgotten.includes(id), { timeout: 10_000 }).toBe(true);
  return { forgotten, heard, stop: following.stop };
}

test('a deletion that is announced is followed at once, and other events and nonsense are not', async () => {
  const [deleted, other] = [await makeTeam(world), await makeTeam(world)];
  const { forgotten, heard, stop } = await follow(3_600_000);
  const agentId = (await makeAgent(world, other.id)).id;
  await bus.publish(channels.events(other.id), JSON.stringify({ type: 'agent.changed', agentId }));
  await bus.publish(channels.events(other.id), 'no JSON');
  await bus.publish(channels.events(deleted.id), JSON.stringify({ type: 'agent.deleted', agentId }));
  await heard(deleted.id);
  expect(forgotten).toEqual([deleted.id]);
  await stop();
});

test('after messages were lost everything is asked for anew', async () => {
  const { heard, stop } = await follow(3_600_000);
  const cut = () => world.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'pitwall-bus' and datname = current_database()`;
  await cut();
  await heard(null);
  await stop();
});

test('a deletion that nobody announced is found in the database', async () => {
  const { id } = await makeTeam(world);
  const agent = await makeAgent(world, id);
  const { heard, stop } = await follow(20);
  await world.sql`update agents set deleted_at = now() where id = ${agent.id}`;
  await heard(id);
  await stop();
});
