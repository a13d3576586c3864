import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { webContext } from '#lib/compose/web.ts';
import { makeApiKey, makeTeam } from '#lib/testing/factories.ts';
import { makeAlert } from '#lib/testing/notifications.ts';
import { createWebWorld, type WebWorld } from '#lib/testing/web-world.ts';
import type { Handler } from '#lib/web/route.ts';

const POOL = 3;
/** What a person with a thumb on a phone would call at once. */
const AT_ONCE_MS = 2000;
let world: WebWorld;
let teamId: string;
let headers: Record<string, string>;
beforeAll(async () => {
  world = await createWebWorld({ DATABASE_POOL: String(POOL) });
  teamId = (await makeTeam(world)).id;
  const { key } = await makeApiKey(world, teamId, ['read', 'write']);
  headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
});
afterAll(() => world.close());

async function call(handler: Handler, method: string, path: string, id?: string): Promise<Response> {
  const body = method === 'POST' ? '{}' : null;
  const request = new Request(`http://localhost:3000/api/v1${path}`, { method, headers, body });
  return handler(request, { params: Promise.resolve(id === undefined ? {} : { id }) });
}

/** Opens every connection of the pool, as a product in use has: a fresh one takes a second question too soon. */
async function warmUp(): Promise<void> {
  const { db } = await webContext();
  const hold = () => db.transaction((tx) => tx.execute(sql`select pg_sleep(0.2)`));
  await Promise.all(Array.from({ length: POOL }, hold));
}

const waiting = async () =>
  (await world.ownerSql`select 1 from pg_locks where not granted and relation = 'agents'::regclass`).length;

test('reliability F15: with every connection of the pool waiting, an alert is acknowledged at once', async () => {
  const { POST } = await import('./[id]/acknowledge/route.ts');
  const { GET } = await import('../agents/route.ts');
  const { id } = await makeAlert(world, teamId);
  await warmUp();
  const reads: Promise<Response>[] = [];
  const read = () => void reads.push(call(GET, 'GET', '/agents'));
  await world.ownerSql.begin(async (holder) => {
    await holder`lock table agents in access exclusive mode`;
    for (let taken = 1; taken <= POOL; taken++) {
      read();
      await expect.poll(waiting, { timeout: 10_000 }).toBe(taken);
    }
    for (let more = 0; more < POOL; more++) read();
    const askedAt = performance.now();
    expect((await call(POST, 'POST', `/alerts/${id}/acknowledge`, id)).status).toBe(200);
    expect(performance.now() - askedAt).toBeLessThan(AT_ONCE_MS);
    expect(await waiting()).toBe(POOL);
  });
  expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(reads.map(() => 200));
  const [alert] = await world.sql`select status from alerts where id = ${id}`;
  expect(alert?.status).toBe('acknowledged');
});
