import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { actorOf } from '#lib/testing/access-world.ts';
import { commandContext } from '#lib/testing/command-context.ts';
import { everyVerb, type Verb } from '#lib/testing/every-verb.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { seedEveryTable } from '#lib/testing/foreign-rows.ts';
import { leastInput } from '#lib/testing/sample-input.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import type { UserActor } from './actor.ts';
import { PERMISSIONS } from './permissions.ts';

let world: World;
let context: CommandContext;
let pool: ReturnType<typeof openTelemetryPool>;
let admin: UserActor;
let own: Awaited<ReturnType<typeof seedEveryTable>>;
let queries: Verb[];
beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 2);
  // The clock stands, so that nothing differs by when it was asked.
  const plain = commandContext(world, { clock: manualClock(Date.now()) });
  const metrics = createPostgresMetricStore({ pool, clock: plain.clock, writer: 'test' });
  context = { ...plain, deps: { ...plain.deps, metrics } };
  const team = await makeTeam(world);
  admin = await actorOf(world, team.id, (await makeMember(world, team.id, 'admin')).id);
  own = await seedEveryTable(world, team);
  queries = (await everyVerb()).filter(
    ({ kind, permission }) =>
      kind === 'query' && admin.permissions.has(permission) && !('global' in PERMISSIONS[permission]),
  );
}, 120_000);
afterAll(async () => {
  await pool.end();
  await world.close();
});

/** What queries want beside what their schema says. */
const INPUTS: Readonly<Record<string, object>> = {
  'metrics.query': { from: 0, to: 3_600_000, measure: 'requests' },
  // Nothing that is narrowed: all that the team has.
  'notifications.list': {},
};

/** An answer as text, without the moment that the database gave it. */
const asText = (answer: unknown): string => (JSON.stringify(answer) ?? '').replace(/"at":\d{13}/g, '"at":0');

/** What each query answers now, by name. */
async function answers(): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  for (const { name, input, run } of queries) {
    try {
      told.set(name, asText(await run(context, admin, INPUTS[name] ?? leastInput(input))));
    } catch (error) {
      told.set(name, isAppError(error) ? error.code : String(error));
    }
  }
  return told;
}

test('security Z5: no list, search, export, suggestion, count or chart of a team changes with what another team has', async () => {
  const before = await answers();
  // Twice the same, so that a difference afterwards is one of the rows.
  expect(await answers()).toEqual(before);
  const foreign = [await makeTeam(world), await makeTeam(world)];
  const seeded = [];
  for (const team of foreign) seeded.push(await seedEveryTable(world, team));
  expect(seeded[0]?.ids.size).toBeGreaterThan(30);
  expect(await answers()).toEqual(before);
  // Nothing was asked in vain: most of them have something to tell of the own team.
  const owned = [...own.ids.values()];
  const telling = [...before].filter(([, text]) => owned.some((id) => text.includes(id)));
  expect(telling.length).toBeGreaterThan(15);
  expect(queries.length).toBeGreaterThan(40);
  expect([...before].filter(([, text]) => /^[A-Z]\w*Error/.test(text))).toEqual([]);
}, 120_000);

test('security Z5: whoever belongs to both teams is told of the one that is open only', async () => {
  const other = await makeTeam(world);
  const foreign = await seedEveryTable(world, other);
  const before = await answers();
  await world.ownerSql`insert into memberships (team_id, user_id, role)
    values (${other.id}, ${admin.userId}, 'admin')`;
  const told = await answers();
  const leaks = [...told].filter(
    ([name, text]) => text !== before.get(name) && [...foreign.ids.values()].some((id) => text.includes(id)),
  );
  // The teams that one may choose between.
  expect(leaks.map(([name]) => name)).toEqual(['teams.list']);
}, 120_000);
