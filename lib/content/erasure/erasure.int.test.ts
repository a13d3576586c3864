import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import type { NormalisedLog, NormalisedSpan } from '#lib/model/telemetry.ts';
import { createBatchStore } from '#lib/pipeline/store/batch.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { makeSpan } from '#lib/testing/span-factory.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { eraseNextBatch } from './erase-step.ts';
import { listErasures, requestErasure } from './request-erasure.ts';

const PERSON = 'person-7@customers.example';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let world: World;
let pool: pg.Pool;
let teamId: string;
let agentId: string;
beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 2);
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  agentId = (await makeAgent(world, teamId, { name: 'planner' })).id;
});
afterAll(async () => {
  await pool.end();
  await world.close();
});

/** Stores the spans of one trace: a root with `attributes` and calls below it that say `said`. */
async function storeTrace(
  said: string,
  values: Partial<NormalisedSpan> & { endMs?: number } = {},
  calls = 1,
): Promise<string> {
  const root = makeSpan({ isAgentRun: true, ...values });
  const { traceId } = root;
  const below = Array.from({ length: calls }, () =>
    makeSpan({
      ...{ traceId, parentSpanId: root.spanId, statusMessage: said, isError: true },
      ...(values.endMs === undefined ? {} : { endMs: values.endMs }),
      attributes: { 'gen_ai.input.messages': said, 'server.address': 'kept' },
      events: [{ name: 'exception', timeNs: 1n, attributes: { 'exception.message': said } }],
    }),
  );
  const timeNs = root.endNs;
  const log: NormalisedLog = {
    ...{ timeNs, traceId, spanId: root.spanId, severity: 9, body: said, agentName: 'planner' },
    namesAgent: true,
    ...{ environment: 'default', serviceNamespace: '', serviceName: 'service', attributes: {} },
  };
  const metricStore = createPostgresMetricStore({ pool, clock: systemClock, writer: 'test' });
  const none = new Float64Array(0);
  await createBatchStore({ pool, metricStore, clock: systemClock }).write([
    {
      ...{ teamId, requestHash: randomBytes(32), logs: [{ agentId, log }], histograms: [] },
      spans: [root, ...below].map((span) => ({ agentId, span })),
      points: { seriesId: new Int32Array(0), timeMs: none, startMs: none, value: none },
    },
  ]);
  return traceId;
}

async function request(kind: string, value: string, role: Role = 'admin') {
  const { id: userId } = await makeMember(world, teamId, role);
  const made = await execute(commandContext(world), userActor(teamId, role, { userId }), requestErasure, {
    ...{ kind, value },
  });
  return { ...made, userId };
}
const state = async () => (await ask(commandContext(world), userActor(teamId, 'admin'), listErasures, {}))[0];
/** Walks as far as there is to walk, by default until nothing is looked for any more. */
async function eraseAll(afterMs: readonly number[] = [0, HOUR_MS, DAY_MS]): Promise<void> {
  for (const ms of afterMs) while ((await eraseNextBatch(world.db, Date.now() + ms + 1000)) > 0);
}
async function stored(): Promise<string> {
  const spans = await world.sql`select to_jsonb(s) as row from spans s where team_id = ${teamId}`;
  const logs = await world.sql`select to_jsonb(l) as row from logs l where team_id = ${teamId}`;
  const rest = await world.sql`select to_jsonb(e) as row from content_erasures e where team_id = ${teamId}`;
  const rows = await listAuditRows(world.db, teamId, 100);
  return JSON.stringify([spans, logs, rest, rows]);
}

test('what a person said is gone from all spans and logs of their runs, and nothing names the person any more', async () => {
  await storeTrace('canary one', { attributes: { 'enduser.id': PERSON } });
  await storeTrace('canary two', { attributes: { 'user.id': PERSON }, endMs: Date.now() - 6 * DAY_MS });
  await storeTrace('somebody else', { attributes: { 'user.id': 'another' } });
  await request('user', PERSON);
  expect(await state()).toMatchObject({ status: 'waiting', progress: 0 });
  await eraseAll();
  const text = await stored();
  expect(text).not.toMatch(/canary|person-7/);
  expect(text).toContain('somebody else');
  expect(text).toContain('"server.address":"kept"');
  expect(await state()).toMatchObject({ status: 'done', progress: 1, spans: 4, logs: 2 });
  const rows = await listAuditRows(world.db, teamId, 10);
  const erased = {
    ...{ action: 'content.erase', actorKind: 'system', targetKind: 'erasure' },
    details: { after: { kind: 'user', spans: 4, logs: 2, requestedBy: 'admin@example.test' } },
  };
  expect(rows).toMatchObject([
    { ...erased, details: { after: { withLateArrivals: true } } },
    erased,
    { action: 'content.request-erasure', actorName: 'admin@example.test' },
  ]);
  expect(JSON.stringify(rows)).toContain('sha256:');
});

test('a conversation goes with everything below it, and numbers stay', async () => {
  const traceId = await storeTrace('canary', { conversationId: 'thread-9' });
  await storeTrace('other thread', { conversationId: 'thread-10' });
  await request('conversation', 'thread-9');
  await eraseAll();
  expect(await stored()).not.toContain('canary');
  expect(await stored()).toContain('other thread');
  const rows = await world.sql`
    select is_error, duration_ms from spans where trace_id = decode(${traceId}, 'hex') order by is_error`;
  expect(rows).toMatchObject([
    { is_error: false, duration_ms: 100 },
    { is_error: true, duration_ms: 100 },
  ]);
});

test('a worker that stops between two batches is followed by one that goes on, and no trace is left in half', async () => {
  await storeTrace('canary', { attributes: { 'user.id': PERSON } }, 1200);
  await request('user', PERSON);
  let steps = 0;
  while (['waiting', 'running'].includes((await state())?.status ?? '')) {
    // Another step is given up in the middle: what it did is as if it had never begun.
    await world.db
      .transaction(async (tx) => {
        await eraseNextBatch(tx as never, Date.now());
        throw new Error('killed');
      })
      .catch(() => undefined);
    await eraseNextBatch(world.db, Date.now());
    if (++steps > 30) throw new Error('it never ends');
  }
  await eraseAll();
  expect(await stored()).not.toMatch(/canary|person-7/);
  expect(await state()).toMatchObject({ spans: 1201, logs: 1 });
  expect(steps).toBeGreaterThan(3);
});

test.each([
  ['user', PERSON, { attributes: { 'user.id': PERSON } }],
  ['conversation', 'thread-9', { conversationId: 'thread-9' }],
])(
  'what arrives late of the runs of a %s is erased within an hour, and for a day',
  async (kind, value, values) => {
    const traceId = await storeTrace('canary at first', values);
    await request(kind, value);
    await eraseAll([0]);
    expect(await state()).toMatchObject({ status: 'watching', progress: 1 });
    // A run of its own, and a part of one that names nobody any more.
    await storeTrace('canary of another run', values);
    await storeTrace('canary of the same run', { traceId });
    await storeTrace('of somebody else');
    expect(await stored()).toContain('canary');
    await eraseAll([HOUR_MS]);
    expect(await stored()).not.toContain('canary');
    await storeTrace('canary of the last hour', { traceId });
    await eraseAll([DAY_MS]);
    const text = await stored();
    expect(text).not.toMatch(/canary|person-7|"criterion":"/);
    expect(text).toContain('of somebody else');
    expect(await state()).toMatchObject({ status: 'done' });
  },
);

test('security Z4: an agent is erased by name, another team keeps its own, and foreign agents are unknown', async () => {
  await storeTrace('canary');
  const own = teamId;
  const foreign = agentId;
  teamId = (await makeTeam(world)).id;
  agentId = (await makeAgent(world, teamId, { name: 'theirs' })).id;
  await storeTrace('theirs stays');
  await expect(request('agent', foreign)).rejects.toMatchObject({ code: 'not_found' });
  await expect(request('agent', 'no uuid')).rejects.toMatchObject({ code: 'not_found' });
  const other = teamId;
  teamId = own;
  await request('agent', foreign);
  await eraseAll();
  expect(await stored()).not.toContain('canary');
  expect(await state()).toMatchObject({ label: 'planner', status: 'done' });
  teamId = other;
  expect(await stored()).toContain('theirs stays');
});

test('who may not erase is refused, and an old sign-in has to be renewed', async () => {
  await expect(request('user', PERSON, 'developer')).rejects.toMatchObject({ code: 'forbidden' });
  const stale = userActor(teamId, 'admin', { signedInAtMs: 0 });
  await expect(
    execute(commandContext(world), stale, requestErasure, { kind: 'user', value: PERSON }),
  ).rejects.toMatchObject({ code: 'reauthentication_required' });
  expect(await stored()).not.toContain('person-7');
});

test.each([
  ['was disabled', (userId: string) => world.sql`update users set status = 'disabled' where id = ${userId}`],
  ['left the team', (userId: string) => world.sql`delete from memberships where user_id = ${userId}`],
  [
    'has a weaker role',
    (userId: string) => world.sql`update memberships set role = 'developer' where user_id = ${userId}`,
  ],
])('security Z13: an erasure stops before the next batch once who asked for it %s', async (_what, weaken) => {
  await storeTrace('erased while it was allowed', { endMs: Date.now() - 3 * HOUR_MS });
  await storeTrace('kept from then on');
  const { id, userId } = await request('agent', agentId);
  while ((await stored()).includes('erased while')) await eraseNextBatch(world.db, Date.now() + 1000);
  await weaken(userId);
  await eraseAll();
  expect(await stored()).toContain('kept from then on');
  const stopped = await state();
  expect(stopped).toMatchObject({ id, status: 'stopped', label: 'planner' });
  expect((stopped?.spans ?? 0) + (stopped?.logs ?? 0)).toBeGreaterThan(0);
  const rows = await listAuditRows(world.db, teamId, 10);
  expect(rows.filter(({ action }) => action === 'content.erase')).toMatchObject([
    { outcome: 'denied', targetId: id, details: { reason: expect.stringContaining('no longer') } },
  ]);
});
