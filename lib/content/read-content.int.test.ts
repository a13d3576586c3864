import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import type { UserActor } from '#lib/access/actor.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { ask } from '#lib/command/define-query.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import type { NormalisedLog } from '#lib/model/telemetry.ts';
import { createBatchStore } from '#lib/pipeline/store/batch.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { getRunTrace } from '#lib/runs/trace-query.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { makeSpan } from '#lib/testing/span-factory.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { readRunContent } from './read-content.ts';

let world: World;
let pool: pg.Pool;
let teamId: string;
let traceId: string;
let admin: UserActor;
let nowMs = 0;
beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 2);
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  const agentId = (await makeAgent(world, teamId)).id;
  admin = userActor(teamId, 'admin');
  nowMs = Date.now();
  const event = { 'gen_ai.input.messages': 'canary in an event', index: 0 };
  const span = makeSpan({
    attributes: { 'gen_ai.input.messages': 'the canary sings', 'server.address': 'plain' },
    events: [{ name: 'gen_ai.choice', timeNs: BigInt(Date.now()) * 1_000_000n, attributes: event }],
  });
  traceId = span.traceId;
  const log: NormalisedLog = {
    ...{ timeNs: BigInt(Date.now()) * 1_000_000n, traceId, spanId: span.spanId, severity: 9 },
    ...{
      body: 'canary in a log',
      agentName: 'a',
      namesAgent: true,
      environment: 'default',
      serviceNamespace: '',
    },
    ...{ serviceName: 'service', attributes: {} },
  };
  const metricStore = createPostgresMetricStore({ pool, clock: systemClock, writer: 'test' });
  const none = new Float64Array(0);
  await createBatchStore({ pool, metricStore, clock: systemClock }).write([
    {
      ...{ teamId, requestHash: randomBytes(32), spans: [{ agentId, span }], logs: [{ agentId, log }] },
      points: { seriesId: new Int32Array(0), timeMs: none, startMs: none, value: none },
      histograms: [],
    },
  ]);
});
afterAll(async () => {
  await pool.end();
  await world.close();
});

const look = (actor: UserActor, trace = traceId) =>
  ask(commandContext(world, { clock: { now: () => nowMs } }), actor, readRunContent, { traceId: trace });
const looks = async () => listAuditRows(world.db, teamId, 10);

test('who may read content sees all of a run, and who looked at which run is in the ledger', async () => {
  const content = await look(admin);
  expect(content.spans).toMatchObject([
    {
      parts: [
        { name: 'gen_ai.input.messages', text: 'the canary sings' },
        { name: 'gen_ai.choice gen_ai.input.messages', text: 'canary in an event' },
      ],
    },
  ]);
  expect(content.logs).toMatchObject([{ parts: [{ name: 'log', text: 'canary in a log' }] }]);
  expect(JSON.stringify(content)).not.toContain('plain');
  expect(await looks()).toMatchObject([
    { action: 'content.read', actorName: admin.email, targetKind: 'run', targetId: traceId, outcome: 'ok' },
  ]);
});

test('looks of one person at one run within ten minutes are one row, later ones and others have their own', async () => {
  await Promise.all([look(admin), look(admin), look(admin)]);
  expect(await looks()).toHaveLength(1);
  await look(userActor(teamId, 'admin'));
  expect(await looks()).toHaveLength(2);
  nowMs += 10 * 60_000 + 1;
  await look(admin);
  expect(await looks()).toHaveLength(3);
});

test('security Z5: others see that there is content and not what it says; their try is in the ledger', async () => {
  const viewer = userActor(teamId, 'viewer');
  const trace = await ask(commandContext(world), viewer, getRunTrace, { traceId });
  expect(trace.spans).toMatchObject([{ hasContent: true, isErased: false }]);
  expect(JSON.stringify(trace)).not.toMatch(/canary|plain/);
  await expect(look(userActor(teamId, 'developer'))).rejects.toMatchObject({ code: 'forbidden' });
  expect(await looks()).toMatchObject([{ action: 'content.read', outcome: 'denied' }]);
});

test('security Z4: a run of another team is as unknown as one that never was, and no look is noted', async () => {
  const other = userActor((await makeTeam(world)).id, 'admin');
  const strange = await look(other).catch((error: unknown) => error);
  const unknown = await look(other, '0'.repeat(32)).catch((error: unknown) => error);
  expect(strange).toMatchObject({ code: 'not_found' });
  expect(unknown).toMatchObject({ message: (strange as Error).message });
  expect(await looks()).toEqual([]);
  expect(await listAuditRows(world.db, other.teamId, 10)).toEqual([]);
});
