import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { registerAgents } from '#lib/agents/register-agents.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { settleWaitingTraces } from '#lib/pipeline/owners/settle-waiting-traces.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { createIngestRig, type IngestRig } from './ingest-rig.ts';
import { sendOnce } from './otlp-client.ts';

const CHILDREN = 20;
let rig: IngestRig;
let pool: ReturnType<typeof openTelemetryPool>;
beforeAll(async () => {
  rig = await createIngestRig();
  pool = openTelemetryPool(rig.databaseUrl, 4);
});
afterAll(async () => {
  await pool.end();
  await rig.close();
});

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** Sends one span of the trace that `index` stands for. */
async function send(index: number, name: string, part: object): Promise<void> {
  const endMs = Date.now();
  const span = {
    ...{ traceId: index.toString(16).padStart(32, 'a'), name, kind: 1, ...part },
    ...{ startTimeUnixNano: `${endMs - 10}000000`, endTimeUnixNano: `${endMs}000000` },
  };
  const resource = { attributes: [text('service.name', 'shop')] };
  const payload = { resourceSpans: [{ resource, scopeSpans: [{ scope: {}, spans: [span] }] }] };
  expect((await sendOnce(`${rig.otlpUrl}/v1/traces`, rig.key, payload)).status).toBe(200);
}

const PARENT = 'aaaaaaaaaaaaaaaa';
const USAGE = { key: 'gen_ai.usage.input_tokens', value: { intValue: 100 } };
const child = (index: number) =>
  send(index, 'chat', {
    ...{ spanId: 'bbbbbbbbbbbbbbbb', parentSpanId: PARENT },
    attributes: [text('gen_ai.operation.name', 'chat'), USAGE],
  });
const parent = (index: number) =>
  send(index, 'invoke_agent', {
    spanId: PARENT,
    attributes: [
      ...[text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.agent.name', 'Planner')],
      USAGE,
    ],
  });

/** The worker's step, half an hour from now. */
async function settle(): Promise<void> {
  const clock = { now: () => systemClock.now() + 1_800_000 };
  const metricStore = createPostgresMetricStore({ pool, clock, writer: 'test' });
  const register = async (teamId: string, agents: Parameters<typeof registerAgents>[2]) =>
    (await registerAgents(pool, teamId, agents, 100)).ids;
  await settleWaitingTraces({ pool, clock, metricStore, register, announce: () => {} });
}

test('kill -9 right after a parent was answered, or before it came, leaves no child with its service, and its tokens count once', async () => {
  for (let index = 0; index < CHILDREN; index++) await child(index);
  await rig.endIngest('SIGKILL');
  await rig.startIngest();
  for (let index = CHILDREN; index < 2 * CHILDREN; index++) await child(index);
  for (let index = 0; index < 2 * CHILDREN; index++) await parent(index);
  await rig.endIngest('SIGKILL');
  await settle();
  expect(
    await rig.rows(
      `select a.name, count(*)::int as spans from spans s join agents a on a.id = s.agent_id group by 1`,
    ),
  ).toEqual([{ name: 'Planner', spans: 4 * CHILDREN }]);
  expect(
    await rig.rows(
      `select is_agent_run as run, sum(input_tokens)::int as tokens from spans group by 1 order by 1`,
    ),
  ).toEqual([
    { run: false, tokens: 2 * CHILDREN * 100 },
    { run: true, tokens: null },
  ]);
  expect(await rig.rows('select name from agents where deleted_at is null')).toEqual([{ name: 'Planner' }]);
});
