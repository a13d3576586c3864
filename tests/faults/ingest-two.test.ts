import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { registerAgents } from '#lib/agents/register-agents.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { settleWaitingTraces } from '#lib/pipeline/owners/settle-waiting-traces.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { createIngestRig, type IngestProcess, type IngestRig } from './ingest-rig.ts';
import { sendOnce } from './otlp-client.ts';

let rig: IngestRig;
let other: IngestProcess;
let pool: ReturnType<typeof openTelemetryPool>;
let query: (request: Request) => Promise<Response>;

beforeAll(async () => {
  rig = await createIngestRig();
  other = await rig.startAnother();
  pool = openTelemetryPool(rig.databaseUrl, 4);
  vi.stubEnv('DATABASE_URL', rig.databaseUrl);
  vi.stubEnv('SECRET_KEY', 'a secret of the fault tests, 32 letters and more');
  vi.stubEnv('LOG_LEVEL', 'silent');
  const { GET } = await import('#app/api/v1/metrics/query/route.ts');
  query = (request) => GET(request, { params: Promise.resolve({}) });
});
afterAll(async () => {
  const { webContext } = await import('#lib/compose/web.ts');
  const context = await webContext();
  await Promise.all([context.keys.stop(), context.settings.stop()]);
  await context.bus.close();
  await pool.end();
  await rig.close();
});

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const usage = (tokens: number) => [
  { key: 'gen_ai.usage.input_tokens', value: { intValue: tokens } },
  { key: 'gen_ai.usage.cost', value: { doubleValue: tokens / 100 } },
];
/** Whole minutes that REST is asked for, so that its rates by the minute add up to what was used, and a moment in them. */
const MINUTES = 5;
const FROM_MS = Math.floor(Date.now() / 60_000 - MINUTES - 1) * 60_000;
const END_MS = FROM_MS + 150_000;
const ROOT = 'aaaaaaaaaaaaaaaa';

/** Spans of one trace: a run that repeats the sum of its two calls. */
function makeTrace(traceId: string, agent: string) {
  const made = (spanId: string, operation: string, tokens: number, more: object = {}) => {
    return {
      ...{ traceId: traceId.padStart(32, 'e'), spanId, name: operation, kind: 1, ...more },
      ...{ startTimeUnixNano: `${END_MS - 10}000000`, endTimeUnixNano: `${END_MS}000000` },
      attributes: [
        text('gen_ai.operation.name', operation),
        ...(operation === 'invoke_agent' ? [text('gen_ai.agent.name', agent)] : []),
        ...usage(tokens),
      ],
    };
  };
  return {
    root: made(ROOT, 'invoke_agent', 150),
    leaf: made('bbbbbbbbbbbbbbbb', 'chat', 100, { parentSpanId: ROOT }),
    secondLeaf: made('cccccccccccccccc', 'chat', 50, { parentSpanId: ROOT }),
  };
}

async function send(url: string, span: object): Promise<void> {
  const resource = { attributes: [text('service.name', 'shop')] };
  const payload = { resourceSpans: [{ resource, scopeSpans: [{ scope: {}, spans: [span] }] }] };
  expect((await sendOnce(`${url}/v1/traces`, rig.key, payload)).status).toBe(200);
}

/** What a worker does until everything is settled and rolled up, a minute from now. */
async function work(): Promise<void> {
  const clock = { now: () => systemClock.now() + 60_000 };
  const metricStore = createPostgresMetricStore({ pool, clock, writer: 'test' });
  const register = async (teamId: string, agents: Parameters<typeof registerAgents>[2]) =>
    (await registerAgents(pool, teamId, agents, 100)).ids;
  await settleWaitingTraces({ pool, clock, metricStore, register, announce: () => {} });
  await metricStore.rollUp(clock.now() + 60_000);
}

/** What REST says that an agent used. */
async function used(agent: string): Promise<{ tokens: number; cost: number }> {
  const [found] = await rig.rows<{ id: string }>('select id from agents where name = $1', [agent]);
  const overall = async (measure: string) => {
    const range = { from: String(FROM_MS), to: String(FROM_MS + MINUTES * 60_000) };
    const search = new URLSearchParams({ ...range, measure, agentId: found?.id ?? '' });
    const response = await query(
      new Request(`http://localhost:3000/api/v1/metrics/query?${search}`, {
        headers: { authorization: `Bearer ${rig.readerKey}` },
      }),
    );
    expect(response.status).toBe(200);
    const { lines } = await response.json();
    return Math.round(lines[0]?.overall * MINUTES * 1e6) / 1e6;
  };
  return { tokens: await overall('tokens'), cost: await overall('cost') };
}

const ONCE = { tokens: 150, cost: 1.5 };

test('telemetry 4.5: leaves and root of a run that reach two ingest processes count once, whichever comes first', async () => {
  const leavesFirst = makeTrace('1', 'Leaves first');
  await send(rig.otlpUrl, leavesFirst.leaf);
  await send(other.otlpUrl, leavesFirst.secondLeaf);
  await send(other.otlpUrl, leavesFirst.root);
  const rootFirst = makeTrace('2', 'Root first');
  await send(other.otlpUrl, rootFirst.root);
  await send(rig.otlpUrl, rootFirst.leaf);
  await work();
  await send(rig.otlpUrl, rootFirst.secondLeaf);
  await work();
  expect(await used('Leaves first')).toEqual(ONCE);
  expect(await used('Root first')).toEqual(ONCE);
});

test('telemetry 4.5: leaves and root of a run with kill -9 of the ingest process between them count once, whichever comes first', async () => {
  const leavesFirst = makeTrace('3', 'Killed after its leaves');
  const rootFirst = makeTrace('4', 'Killed after its root');
  await send(rig.otlpUrl, leavesFirst.leaf);
  await send(rig.otlpUrl, leavesFirst.secondLeaf);
  await send(rig.otlpUrl, rootFirst.root);
  await rig.endIngest('SIGKILL');
  await rig.startIngest();
  await send(rig.otlpUrl, leavesFirst.root);
  await send(rig.otlpUrl, rootFirst.leaf);
  await send(rig.otlpUrl, rootFirst.secondLeaf);
  await work();
  expect(await used('Killed after its leaves')).toEqual(ONCE);
  expect(await used('Killed after its root')).toEqual(ONCE);
});
