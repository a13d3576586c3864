import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { actorOf } from '#lib/testing/access-world.ts';
import { commandContext, everyFeature } from '#lib/testing/command-context.ts';
import { everyVerb, type Verb } from '#lib/testing/every-verb.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { seedEveryTable } from '#lib/testing/foreign-rows.ts';
import { listenToStatements } from '#lib/testing/statements.ts';
import { inputsWithId } from '#lib/testing/verb-inputs.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import type { UserActor } from './actor.ts';
import { PERMISSIONS } from './permissions.ts';

let world: World;
let context: CommandContext;
let pool: ReturnType<typeof openTelemetryPool>;
let admin: UserActor;
let foreign: Awaited<ReturnType<typeof seedEveryTable>>;
let takeStatements: () => string[];
let verbs: { verb: Verb; inputFor: (id: string) => unknown }[];
beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 2);
  takeStatements = listenToStatements(world.sql, pool);
  // The clock stands, so that nothing differs by the minute in which it was asked.
  const plain = commandContext(world, { clock: manualClock(Date.now()), features: everyFeature });
  const metrics = createPostgresMetricStore({ pool, clock: plain.clock, writer: 'test' });
  context = { ...plain, deps: { ...plain.deps, metrics } };
  const teamId = (await makeTeam(world)).id;
  admin = await actorOf(world, teamId, (await makeMember(world, teamId, 'admin')).id);
  foreign = await seedEveryTable(world, await makeTeam(world));
  // What concerns the installation is meant to reach every team; it is held by global roles only.
  const ofTeam = (await everyVerb()).filter(
    ({ permission }) => admin.permissions.has(permission) && !('global' in PERMISSIONS[permission]),
  );
  verbs = ofTeam.flatMap((verb) => inputsWithId(verb).map((inputFor) => ({ verb, inputFor })));
}, 120_000);
afterAll(async () => {
  await pool.end();
  await world.close();
});

interface Told {
  code: string;
  words: string;
}

/** What comes of a verb with an id, in words that do not name the id. */
async function toldBy(verb: Verb, input: unknown, id: string): Promise<Told> {
  const plain = (value: unknown) => (JSON.stringify(value) ?? '').replaceAll(id, 'the id');
  try {
    return { code: 'done', words: plain(await verb.run(context, admin, input)) };
  } catch (error) {
    if (!isAppError(error)) return { code: 'unexpected', words: plain(String(error)) };
    return { code: error.code, words: plain([error.message, error.issues]) };
  }
}

/** The same, with the statements that the database was given: as many of the same take as long. */
async function outcomeOf(
  verb: Verb,
  input: unknown,
  id: string,
): Promise<Told & { statements: readonly string[] }> {
  takeStatements();
  const told = await toldBy(verb, input, id);
  return { ...told, statements: takeStatements() };
}

/** What one asked of the database and the other did not. */
function difference(some: readonly string[], others: readonly string[]): string[] {
  const rest = [...others];
  return some.filter((text) => {
    const at = rest.indexOf(text);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** How verbs say of one field among others that what it names is not in the team. */
const NOT_IN_TEAM = /no such|not in the team|does not belong/;

test('security Z4: an id of another team is as unknown as one that never was, in words and in work, to every verb that takes one', async () => {
  const before = await foreign.dump();
  const told: string[] = [];
  const reached = new Map<string, Set<string>>();
  const silent = new Set<string>();
  for (const { verb, inputFor } of verbs) {
    const never = uuidv7();
    const unknown = await outcomeOf(verb, inputFor(never), never);
    if (unknown.statements.length === 0) silent.add(verb.name);
    const end = unknown.code === 'invalid' && !NOT_IN_TEAM.test(unknown.words) ? unknown.words : unknown.code;
    reached.set(end, (reached.get(end) ?? new Set()).add(verb.name));
    for (const [table, id] of foreign.ids) {
      const outcome = await outcomeOf(verb, inputFor(id), id);
      // A command that was carried out made something with an id of its own; a query answers what it did before.
      const made = verb.kind === 'command' && outcome.code === 'done';
      const same = made || outcome.words === unknown.words;
      if (outcome.code !== unknown.code || !same)
        told.push(
          `${verb.name} with an id of ${table}: ${outcome.code} ${outcome.words}, else ${unknown.words}`,
        );
      const more = difference(outcome.statements, unknown.statements);
      const fewer = difference(unknown.statements, outcome.statements);
      if (more.length + fewer.length > 0)
        told.push(
          `${verb.name} with an id of ${table} asks ${more.join(' ') || '-'}, else ${fewer.join(' ') || '-'}`,
        );
    }
  }
  expect(told).toEqual([]);
  expect(await foreign.dump()).toBe(before);
  // What asks nothing of the database would differ in nothing.
  expect([...silent]).toEqual([]);
  expect(reached.get('not_found')?.size).toBeGreaterThan(60);
  // Every verb got as far as to look for what the id names.
  const ends = ['conflict', 'done', 'invalid', 'not_found'];
  expect([...reached].filter(([end]) => !ends.includes(end)).map(([end, names]) => [end, ...names])).toEqual(
    [],
  );
}, 300_000);

test('every table of the schema has a row of the other team', () => {
  expect(foreign.ids.size).toBeGreaterThan(30);
  expect([...foreign.failed.keys()].toSorted()).toEqual([]);
});
