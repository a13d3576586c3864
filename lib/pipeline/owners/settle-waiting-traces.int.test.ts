import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { registerAgents } from '#lib/agents/register-agents.ts';
import { composeIngest } from '#lib/compose/ingest.ts';
import { makeConfig } from '#lib/config/config.ts';
import { createLog } from '#lib/kernel/log.ts';
import type { IngestMeter } from '#lib/pipeline/ingest/contract.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { type SettleTools, settleWaitingTraces } from './settle-waiting-traces.ts';

const nothing = () => {};
const meter: IngestMeter = {
  ...{ accepted: nothing, refused: nothing, duplicate: nothing, unmapped: nothing },
  ...{ flushed: nothing, tickPublished: nothing },
};
const TRACE = '0af7651916cd43dd8448eb211c80319c';

let world: World;
let dataDir: string;
let processes: Awaited<ReturnType<typeof composeIngest>>[];
let tools: SettleTools;
let later = 0;
const announced: string[][] = [];
let store: ReturnType<typeof createPostgresMetricStore>;
let pool: ReturnType<typeof openTelemetryPool>;

/** Two ingest processes that know nothing of each other's spans, as after a crash, and the tools of a worker. */
beforeAll(async () => {
  world = await createWorld();
  dataDir = mkdtempSync(join(tmpdir(), 'pitwall-owners-'));
  const config = makeConfig({ DATABASE_URL: world.appUrl, REDIS_URL: world.redisUrl, DATA_DIR: dataDir });
  const log = createLog('test', 'silent');
  processes = [await composeIngest(config, meter, log), await composeIngest(config, meter, log)];
  pool = openTelemetryPool(world.appUrl, 4);
  const clock = { now: () => Date.now() + later };
  store = createPostgresMetricStore({ pool, clock, writer: 'test' });
  tools = {
    pool,
    clock,
    metricStore: store,
    register: async (teamId, agents) => (await registerAgents(pool, teamId, agents, 100)).ids,
    announce: (...agent) => announced.push(agent),
  };
});
afterAll(async () => {
  await Promise.all(processes.map(({ lifecycle }) => lifecycle.stop()));
  await pool.end();
  await world.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
let made = 0;
function span(attributes: object[], parentSpanId?: string) {
  const endMs = Date.now();
  return {
    ...{ traceId: TRACE, spanId: (++made).toString(16).padStart(16, '0'), parentSpanId, name: 'x', kind: 1 },
    ...{ startTimeUnixNano: `${endMs - 100}000000`, endTimeUnixNano: `${endMs}000000`, attributes },
  };
}
const run = (agent: string, parentSpanId?: string, ...more: object[]) =>
  span(
    [text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.agent.name', agent), ...more],
    parentSpanId,
  );
const call = (parentSpanId: string, ...more: object[]) =>
  span([text('gen_ai.operation.name', 'chat'), ...more], parentSpanId);
const step = (parentSpanId?: string) => span([], parentSpanId);

async function send(teamId: string, process: number, service: string, ...spans: object[]): Promise<void> {
  const resource = { attributes: [text('service.name', service)] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: {}, spans }] }] });
  const request = {
    teamId,
    keyId: 'key',
    signal: 'traces',
    encoding: 'json',
    receivedAtMs: Date.now(),
  } as const;
  const refusals = await processes[process]?.door.ingest({ ...request, body: Buffer.from(body) });
  expect(refusals?.count).toBe(0);
}

/** Lets a worker look at everything that is due `seconds` from now. */
async function settleIn(seconds: number): Promise<void> {
  later = seconds * 1000;
  while ((await settleWaitingTraces(tools)).done > 0);
}

const ownersIn = async (teamId: string) =>
  (
    await world.sql`select s.name, a.name as agent, s.owner_source from spans s join agents a on a.id = s.agent_id
                   where s.team_id = ${teamId} order by s.span_id`
  ).map((row) => `${row.agent}:${row.owner_source}`);
const shownIn = async (teamId: string) =>
  (
    await world.sql`select name from agents where team_id = ${teamId} and deleted_at is null order by name`
  ).map((row) => row.name);
const waitingIn = async (teamId: string) =>
  (await world.sql`select trace_id from waiting_traces where team_id = ${teamId}`).length;

test('telemetry 4.5: a child stored by a process that is gone finds its agent; its service leaves no ghost', async () => {
  const { id } = await makeTeam(world);
  const parent = run('Planner');
  const middle = step(parent.spanId);
  await send(id, 0, 'shop', call(middle.spanId));
  expect(await shownIn(id)).toEqual([]);
  await send(id, 1, 'shop', middle);
  await send(id, 1, 'shop', parent);
  await settleIn(5);
  expect(await ownersIn(id)).toEqual(['Planner:own', 'Planner:ancestor', 'Planner:ancestor']);
  expect(await shownIn(id)).toEqual(['Planner']);
  expect(await waitingIn(id)).toBe(0);
});

const rollUp = () => store.rollUp(Date.now() + 60_000);

test('the roll-ups of a window follow its spans to their agent, exactly', async () => {
  const { id } = await makeTeam(world);
  const parent = run('Planner');
  await send(id, 0, 'shop', call(parent.spanId), call(parent.spanId));
  await rollUp();
  const counted = () =>
    world.sql`select a.name, o.calls::int as calls from rollup_operations_10 o
              join operation_series s on s.id = o.series_id join agents a on a.id = s.agent_id
              where s.team_id = ${id} and s.class = 'model'`;
  expect(await counted()).toEqual([{ name: 'shop', calls: 2 }]);
  await send(id, 1, 'shop', parent);
  await settleIn(5);
  await rollUp();
  expect(await counted()).toEqual([{ name: 'Planner', calls: 2 }]);
});

const tokens = (count: number) => [
  { key: 'gen_ai.usage.input_tokens', value: { intValue: count } },
  { key: 'gen_ai.usage.output_tokens', value: { intValue: 0 } },
  { key: 'gen_ai.usage.cost', value: { doubleValue: count / 100 } },
];

/** What a team is shown of its calls, tokens and dollars: sums of its roll-ups. */
async function totalsOf(teamId: string) {
  await rollUp();
  return world.sql`
    select sum(o.calls) filter (where s.class = 'model')::int as calls, sum(o.input_tokens)::int as tokens,
           round(sum(o.cost)::numeric, 2)::float8 as cost
    from rollup_operations_10 o join operation_series s on s.id = o.series_id
    where s.team_id = ${teamId} and s.agent_id is null`;
}

/** A run that repeats the sum of its two calls, one of which a framework wraps around that of its SDK. */
function usageTrace() {
  const root = run('Planner', undefined, ...tokens(150));
  const wrapper = call(root.spanId, ...tokens(50));
  return [root, wrapper, call(wrapper.spanId, ...tokens(50)), call(root.spanId, ...tokens(100))];
}
const ONCE = [{ calls: 2, tokens: 150, cost: 1.5 }];

test.each([
  { order: 'children first', sent: [3, 2, 1, 0] },
  { order: 'the run first', sent: [0, 1, 2, 3] },
  { order: 'the run in between', sent: [2, 0, 3, 1] },
])(
  'telemetry 4.5: a run whose calls reached other ingest processes is counted once, sent twice and settled by two workers: $order',
  async ({ sent }) => {
    const { id } = await makeTeam(world);
    const spans = usageTrace();
    for (const [i, position] of sent.entries()) {
      await send(id, i % 2, 'shop', spans[position] as object);
      await send(id, i % 2, 'shop', spans[position] as object, run(`Other ${i}`));
      later = 3000;
      await Promise.all([settleWaitingTraces(tools), settleWaitingTraces(tools)]);
    }
    await settleIn(60);
    expect(await totalsOf(id)).toEqual(ONCE);
    expect(await waitingIn(id)).toBe(0);
    await settleIn(4000);
    expect(await totalsOf(id)).toEqual(ONCE);
  },
);

test('telemetry 4.5: a call that comes after the usage of its run was counted takes its place, and the run keeps what it said', async () => {
  const { id } = await makeTeam(world);
  const root = run('Planner', undefined, ...tokens(150));
  await send(id, 0, 'shop', root);
  await settleIn(5);
  expect(await totalsOf(id)).toEqual([{ calls: null, tokens: 150, cost: 1.5 }]);
  await send(id, 0, 'shop', call(root.spanId, ...tokens(140)));
  await settleIn(10);
  expect(await totalsOf(id)).toEqual([{ calls: 1, tokens: 140, cost: 1.4 }]);
  const [kept] = await world.sql`select attributes from spans where team_id = ${id} and is_agent_run`;
  expect(kept?.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 150, 'gen_ai.usage.cost': 1.5 });
});

test('a worker that dies while it settles usage leaves all of it to the next', async () => {
  const { id } = await makeTeam(world);
  const [root, ...calls] = usageTrace();
  await send(id, 0, 'shop', ...calls);
  await send(id, 1, 'shop', root as object);
  later = 5000;
  const dies = { ...tools, metricStore: { markChanged: () => Promise.reject(new Error('killed')) } };
  await expect(settleWaitingTraces(dies)).rejects.toThrow('killed');
  await settleIn(5);
  expect(await totalsOf(id)).toEqual(ONCE);
});

const callsIn = (teamId: string) =>
  world.sql`select a.name, o.calls::int as calls from rollup_operations_10 o
            join operation_series s on s.id = o.series_id left join agents a on a.id = s.agent_id
            where s.team_id = ${teamId} and s.class = 'model' order by a.name nulls last`;

test('a window counts a span that waits for its agent for the team alone, until waiting was long enough', async () => {
  const { id } = await makeTeam(world);
  await send(id, 0, 'shop', call('00000000000000ff'));
  await world.sql`update waiting_traces set since = now() + interval '55 seconds' where team_id = ${id}`;
  await rollUp();
  expect(await callsIn(id)).toEqual([{ name: null, calls: 1 }]);
  await settleIn(70);
  await store.rollUp(Date.now() + 120_000);
  expect(await callsIn(id)).toEqual([
    { name: 'shop', calls: 1 },
    { name: null, calls: 1 },
  ]);
});

test('a window that was rolled up while its span waited counts it for its service, however late the worker gets to it', async () => {
  const { id } = await makeTeam(world);
  await send(id, 0, 'shop', call('00000000000000ff'));
  await world.sql`update waiting_traces set since = now() + interval '55 seconds',
                  next_at = now() + interval '57 seconds' where team_id = ${id}`;
  await rollUp();
  await settleIn(600);
  await store.rollUp(Date.now() + 660_000);
  expect(await callsIn(id)).toEqual([
    { name: 'shop', calls: 1 },
    { name: null, calls: 1 },
  ]);
});

test('a model call that turns out to stand around another one leaves the roll-ups that are past the finest level too', async () => {
  const { id } = await makeTeam(world);
  const late = (model: string, parentSpanId?: string) => {
    const endMs = Date.now() - 5 * 3_600_000;
    const made = span(
      [text('gen_ai.operation.name', 'chat'), text('gen_ai.request.model', model), ...tokens(50)],
      parentSpanId,
    );
    return { ...made, startTimeUnixNano: `${endMs - 100}000000`, endTimeUnixNano: `${endMs}000000` };
  };
  const wrapper = late('framework');
  await send(id, 0, 'shop', wrapper);
  await store.rollUp(Date.now() + 60_000);
  await store.rollUp(Date.now() + 120_000);
  await send(id, 1, 'shop', late('sdk', wrapper.spanId));
  await settleIn(5);
  await store.rollUp(Date.now() + 120_000);
  await store.rollUp(Date.now() + 240_000);
  for (const level of ['60', '3600']) {
    const counted = await world.sql`
      select s.model, o.calls::int as calls, o.input_tokens::int as tokens
      from ${world.sql(`rollup_operations_${level}`)} o join operation_series s on s.id = o.series_id
      where s.team_id = ${id} and s.agent_id is null and s.class = 'model'`;
    expect(counted, level).toEqual([{ model: 'sdk', calls: 1, tokens: 50 }]);
  }
});

test('traces of more spans than a worker can hold are left to its next step, and their latest spans are settled', async () => {
  const { id } = await makeTeam(world);
  const endless = ['1', '2', '3'].map((digit) => ({
    ...run('Endless', undefined, ...tokens(7)),
    traceId: digit.repeat(32),
  }));
  await send(id, 0, 'shop', ...endless);
  await world.sql`
    insert into spans (team_id, agent_id, end_at, start_ns, end_ns, duration_ms, trace_id, span_id, parent_span_id,
                       kind, is_agent_run, is_error, is_soft_failure, name, operation, owner_source, scope, convention)
    select s.team_id, s.agent_id, s.end_at - interval '1 second', s.start_ns, s.end_ns, s.duration_ms, s.trace_id,
           decode(lpad(to_hex(n + 1000000), 16, '0'), 'hex'), s.span_id,
           s.kind, false, false, false, 'step', 'step', 'own', s.scope, s.convention
    from spans s, generate_series(1, 25000) n where s.team_id = ${id}`;
  for (const { traceId, spanId } of endless) {
    await send(id, 1, 'shop', { ...call(spanId, ...tokens(7)), traceId });
  }
  later = 5000;
  expect(await settleWaitingTraces(tools)).toEqual({ done: 2, more: true });
  expect(await settleWaitingTraces(tools)).toEqual({ done: 1, more: false });
  const counting = await world.sql`
    select is_agent_run, count(*)::int from spans where team_id = ${id} and input_tokens > 0 group by 1`;
  expect(counting).toEqual([{ is_agent_run: false, count: 3 }]);
});

test('a service whose ancestor never comes is shown once waiting was long enough, and is announced', async () => {
  const { id } = await makeTeam(world);
  await send(id, 0, 'shop', call('00000000000000ff'));
  await settleIn(5);
  expect(await shownIn(id)).toEqual([]);
  await settleIn(12);
  expect(await shownIn(id)).toEqual(['shop']);
  expect(announced.filter(([teamId]) => teamId === id)).toHaveLength(1);
  await settleIn(4000);
  expect(await waitingIn(id)).toBe(0);
});

test('services that name no agent are shown as soon as their root is there, the called one too', async () => {
  const { id } = await makeTeam(world);
  const root = step();
  await send(id, 0, 'back', call(root.spanId));
  await send(id, 1, 'front', root);
  expect(await shownIn(id)).toEqual(['front']);
  await settleIn(5);
  expect(await shownIn(id)).toEqual(['back', 'front']);
});

test('an agent that was deleted while its span waited stays deleted', async () => {
  const { id } = await makeTeam(world);
  await send(id, 0, 'shop', step());
  await send(id, 0, 'shop', call('00000000000000ff'));
  await world.sql`update agents set deleted_at = now() + interval '1 second' where team_id = ${id}`;
  await settleIn(20);
  expect(await shownIn(id)).toEqual([]);
});
