import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import type { NormalisedLog } from '#lib/model/telemetry.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { makeSpan } from '#lib/testing/span-factory.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { createBatchStore } from './batch.ts';
import type { BatchStore, IngestRequest } from './request.ts';

const DAY_MS = 86_400_000;
const NO_POINTS = {
  seriesId: new Int32Array(0),
  timeMs: new Float64Array(0),
  startMs: new Float64Array(0),
  value: new Float64Array(0),
};

let world: World;
let pool: pg.Pool;
let teamId: string;
let agentId: string;
const clock = manualClock(Date.now());

function storeOf(writer = 'test'): BatchStore {
  return createBatchStore({ pool, clock, metricStore: createPostgresMetricStore({ pool, clock, writer }) });
}

function request(values: Partial<IngestRequest> = {}): IngestRequest {
  const requestHash = createHash('sha256').update(randomBytes(8)).digest();
  return { teamId, requestHash, spans: [], logs: [], points: NO_POINTS, histograms: [], ...values };
}

const owned = (values: Parameters<typeof makeSpan>[0] = {}) => ({ agentId, span: makeSpan(values) });

async function storedNames(traceId: string): Promise<string[]> {
  const found = await pool.query('select name from spans where trace_id = $1 order by name', [
    Buffer.from(traceId, 'hex'),
  ]);
  return found.rows.map((row) => row.name);
}

beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 8);
  teamId = (await makeTeam(world)).id;
  agentId = (await makeAgent(world, teamId)).id;
});

afterAll(async () => {
  await pool.end();
  await world.close();
});

test('a span is stored with every column that it has', async () => {
  const span = makeSpan({
    endMs: clock.now(),
    usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, cacheWriteTokens: 0, reasoningTokens: 1 },
    costPriced: 0.25,
    isError: true,
    errorType: 'timeout',
    handOff: { fromAgent: 'a', toAgent: 'b', mode: 'nested' },
    conversationId: 'c1',
    attributes: { 'some.key': [1, 'zwei', { drei: true }] },
    events: [{ name: 'exception', timeNs: 12n, attributes: { 'exception.type': 'E' } }],
  });
  await storeOf().write([request({ spans: [{ agentId, span }] })]);
  const [row] = (
    await pool.query(
      `select s.*, r.service_name, r.resource as whole from spans s join span_resources r on r.id = s.resource_id
       where trace_id = $1`,
      [Buffer.from(span.traceId, 'hex')],
    )
  ).rows;
  expect(row).toMatchObject({
    agent_id: agentId,
    start_ns: span.startNs.toString(),
    end_ns: span.endNs.toString(),
    input_tokens: '10',
    cost_priced: 0.25,
    cost_reported: null,
    is_error: true,
    hand_off_to: 'b',
    attributes: span.attributes,
    events: [{ name: 'exception', timeNs: '12', attributes: { 'exception.type': 'E' } }],
    service_name: 'service',
    whole: span.resource,
  });
  expect(row.end_at.getTime()).toBe(Math.floor(clock.now()));
});

test('the same body sent again adds nothing, in one batch, in the next, and over midnight', async () => {
  const sent = request({ spans: [owned({ endMs: clock.now(), name: 'once' })] });
  const traceId = sent.spans[0]?.span.traceId ?? '';
  const first = await storeOf().write([sent, sent]);
  expect(first.map((outcome) => outcome.duplicateRequest)).toEqual([false, true]);
  const [again] = await storeOf('other').write([sent]);
  expect(again?.duplicateRequest).toBe(true);
  const nextDay = manualClock(clock.now() + DAY_MS);
  const metricStore = createPostgresMetricStore({ pool, clock: nextDay, writer: 'later' });
  const [overMidnight] = await createBatchStore({ pool, clock: nextDay, metricStore }).write([sent]);
  expect(overMidnight?.duplicateRequest).toBe(true);
  expect(await storedNames(traceId)).toEqual(['once']);
});

test('a span that is sent again in another body is left out and named, its neighbours are stored', async () => {
  const known = owned({ endMs: clock.now(), name: 'known' });
  await storeOf().write([request({ spans: [known] })]);
  const fresh = owned({ endMs: clock.now(), traceId: known.span.traceId, name: 'fresh' });
  const [outcome] = await storeOf().write([request({ spans: [known, fresh, fresh] })]);
  expect(outcome?.duplicateSpans).toEqual([2, 0]);
  expect(await storedNames(known.span.traceId)).toEqual(['fresh', 'known']);
});

test('two writers with the same spans in another order store each once', async () => {
  const spans = Array.from({ length: 200 }, () => owned({ endMs: clock.now() }));
  const bodies = [spans, [...spans].reverse(), spans.toSorted(() => 0.5 - Math.random())];
  const outcomes = await Promise.all(
    bodies.map((body, i) => storeOf(`writer ${i}`).write([request({ spans: body })])),
  );
  const counted = outcomes.flat().reduce((sum, outcome) => sum + 200 - outcome.duplicateSpans.length, 0);
  expect(counted).toBe(200);
  const ids = spans.map(({ span }) => Buffer.from(span.spanId, 'hex'));
  const stored = await pool.query('select count(*)::int as n from spans where span_id = any($1)', [ids]);
  expect(stored.rows[0].n).toBe(200);
});

test('one row that the database refuses never costs its neighbours', async () => {
  const good = Array.from({ length: 9 }, () => owned({ endMs: clock.now() }));
  const tooLong = owned({ endMs: clock.now(), conversationId: randomBytes(6000).toString('hex') });
  const tooMany = owned({
    endMs: clock.now(),
    usage: {
      inputTokens: 1e30,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    },
  });
  const [outcome, neighbour] = await storeOf().write([
    request({ spans: [...good.slice(0, 4), tooLong, ...good.slice(4), tooMany] }),
    request({ spans: [owned({ endMs: clock.now() })] }),
  ]);
  expect(outcome?.refused.map((item) => [item.index, item.reason])).toEqual([
    [4, 'malformed'],
    [10, 'malformed'],
  ]);
  expect(neighbour).toEqual({ duplicateRequest: false, duplicateSpans: [], refused: [] });
  for (const { span } of good) expect(await storedNames(span.traceId)).toHaveLength(1);
});

test('texts that PostgreSQL cannot hold are cleaned, not refused', async () => {
  const span = makeSpan({
    endMs: clock.now(),
    name: 'nul \0 here',
    attributes: { 'key\0': 'value \0 and \ud800 alone', plain: '\\u0000' },
  });
  const [outcome] = await storeOf().write([request({ spans: [{ agentId, span }] })]);
  expect(outcome?.refused).toEqual([]);
  const [row] = (
    await pool.query('select name, attributes from spans where trace_id = $1', [
      Buffer.from(span.traceId, 'hex'),
    ])
  ).rows;
  expect(row).toEqual({
    name: 'nul  here',
    attributes: { key: 'value  and \ufffd alone', plain: '\\u0000' },
  });
});

test('rows of 1970 and 2100 are refused by name, and late rows of the last days find their partition', async () => {
  const times = [0, Date.UTC(2100, 0, 1), clock.now() - 3 * DAY_MS];
  const spans = times.map((endMs) => owned({ endMs }));
  const log = (timeMs: number): NormalisedLog => ({
    timeNs: BigInt(timeMs) * 1_000_000n,
    traceId: null,
    spanId: null,
    severity: 9,
    body: 'words',
    agentName: 'planner',
    namesAgent: true,
    environment: 'default',
    serviceNamespace: '',
    serviceName: 'service',
    attributes: {},
  });
  const logs = times.map((timeMs) => ({ agentId: null, log: log(timeMs) }));
  const [outcome] = await storeOf().write([request({ spans, logs })]);
  expect(outcome?.refused).toEqual([
    { signal: 'span', index: 0, reason: 'too_old' },
    { signal: 'span', index: 1, reason: 'in_the_future' },
    { signal: 'log', index: 0, reason: 'too_old' },
    { signal: 'log', index: 1, reason: 'in_the_future' },
  ]);
  expect(await storedNames(spans[2]?.span.traceId ?? '')).toHaveLength(1);
});

test('a database that is away is told as unavailable, with nothing stored', async () => {
  const away = openTelemetryPool('postgres://nobody:x@127.0.0.1:1/none', 2);
  const metricStore = createPostgresMetricStore({ pool: away, clock, writer: 'x' });
  const store = createBatchStore({ pool: away, clock, metricStore });
  await expect(store.write([request({ spans: [owned()] })])).rejects.toMatchObject({
    code: 'unavailable',
    retryAfterSeconds: 2,
  });
  await away.end();
});

test('a span that moves to another agent after its window was rolled up leaves no row behind', async () => {
  const metricStore = createPostgresMetricStore({ pool, clock, writer: 'move' });
  const other = (await makeAgent(world, teamId)).id;
  const endMs = Math.floor(clock.now() / 10_000) * 10_000 - 60_000;
  const moved = makeSpan({ endMs, operation: 'chat', name: 'moved' });
  await createBatchStore({ pool, clock, metricStore }).write([
    request({ spans: [{ agentId: other, span: moved }] }),
  ]);
  const callsOf = async (agent: string) => {
    const found = await pool.query(
      `select r.calls::int from rollup_operations_10 r join operation_series s on s.id = r.series_id
       where s.agent_id = $1 and r.at = $2`,
      [agent, new Date(endMs)],
    );
    return found.rows.map((row) => row.calls);
  };
  await metricStore.rollUp(clock.now() + 120_000);
  expect(await callsOf(other)).toEqual([1]);
  await pool.query('update spans set agent_id = $1 where span_id = $2', [
    agentId,
    Buffer.from(moved.spanId, 'hex'),
  ]);
  const tx = await pool.connect();
  await metricStore.markChanged(tx, [{ teamId, timesMs: [endMs] }]);
  tx.release();
  await metricStore.rollUp(clock.now() + 120_000);
  expect(await callsOf(other)).toEqual([]);
});
