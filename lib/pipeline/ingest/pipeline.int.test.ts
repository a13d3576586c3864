import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agents } from '#db/schema/agents.ts';
import { teams } from '#db/schema/members.ts';
import { makeEventBus } from '#lib/compose/event-bus.ts';
import { composeIngest } from '#lib/compose/ingest.ts';
import { makeConfig } from '#lib/config/config.ts';
import { createLog } from '#lib/kernel/log.ts';
import { channels, type LiveTick } from '#lib/model/event.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import type { Encoding, IngestMeter, Signal } from './contract.ts';

const log = createLog('test', 'silent');
const meter: IngestMeter = {
  accepted: () => {},
  refused: () => {},
  duplicate: () => {},
  unmapped: () => {},
  flushed: () => {},
  tickPublished: () => {},
};

let world: World;
let dataDir: string;
let bus: EventBus;
let processes: Awaited<ReturnType<typeof composeIngest>>[];

/** Two ingest processes on one database and bus, and a listener on the bus. */
beforeAll(async () => {
  world = await createWorld();
  dataDir = mkdtempSync(join(tmpdir(), 'pitwall-ingest-'));
  const config = makeConfig({
    DATABASE_URL: world.appUrl,
    REDIS_URL: world.redisUrl,
    DATA_DIR: dataDir,
    AGENTS_PER_TEAM: '4',
    MAX_SERIES_PER_AGENT: '5',
  });
  processes = [await composeIngest(config, meter, log), await composeIngest(config, meter, log)];
  bus = makeEventBus(config, log);
});
afterAll(async () => {
  await Promise.all(processes.map(({ lifecycle }) => lifecycle.stop()));
  await bus.close();
  await world.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Sends an export to one of the processes. */
function ingest(teamId: string, signal: Signal, payload: object, process = 0) {
  const request = { teamId, keyId: 'key', signal, encoding: 'json' as Encoding, receivedAtMs: Date.now() };
  return processes[process]!.door.ingest({ ...request, body: Buffer.from(JSON.stringify(payload)) });
}

/** The sum of what the ticks of a team say of each agent, and whether they asked to reload instead. */
async function listen(teamId: string) {
  const sums = new Map<string, { requests: number; modelCalls: number; inputTokens: number }>();
  let reload = false;
  const stop = await bus.subscribe(channels.live(teamId), (payload) => {
    const tick = JSON.parse(payload) as LiveTick;
    reload ||= tick.resync === true;
    tick.agentIds.forEach((agentId, row) => {
      const sum = sums.get(agentId) ?? { requests: 0, modelCalls: 0, inputTokens: 0 };
      sum.requests += tick.requests[row]!;
      sum.modelCalls += tick.modelCalls[row]!;
      sum.inputTokens += tick.inputTokens[row]!;
      sums.set(agentId, sum);
    });
  });
  return { sums, stop, askedToReload: () => reload };
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const whole = (key: string, value: number) => ({ key, value: { intValue: String(value) } });

let spans = 0;
function span(name: string, attributes: object[], part: Record<string, unknown> = {}) {
  const endMs = Date.now();
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: (++spans).toString(16).padStart(16, '0'),
    name,
    kind: 1,
    startTimeUnixNano: `${endMs - 100}000000`,
    endTimeUnixNano: `${endMs}000000`,
    attributes,
    ...part,
  };
}
const run = (agent: string, part = {}) =>
  span(
    `invoke_agent ${agent}`,
    [text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.agent.name', agent)],
    part,
  );
const call = (part = {}) =>
  span(
    'chat gpt-4o',
    [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.request.model', 'gpt-4o'),
      whole('gen_ai.usage.input_tokens', 100),
      text('gen_ai.input.messages', 'a secret prompt'),
    ],
    part,
  );
const traces = (service: string, ...list: object[]) => ({
  resourceSpans: [
    {
      resource: { attributes: [text('service.name', service)] },
      scopeSpans: [{ scope: { name: 's' }, spans: list }],
    },
  ],
});
const agentsOf = (teamId: string) => world.db.select().from(agents).where(eq(agents.teamId, teamId));

describe('ingest pipeline', () => {
  test('a stored request is announced on the live channel, its new agent on the event channel', async () => {
    const { id } = await makeTeam(world);
    const live = await listen(id);
    const events: string[] = [];
    const stop = await bus.subscribe(channels.events(id), (payload) => events.push(payload));
    const refusals = await ingest(id, 'traces', traces('shop', run('Planner')));
    expect(refusals.count).toBe(0);
    const [agent] = await agentsOf(id);
    expect(agent).toMatchObject({ name: 'Planner', source: 'discovered', environment: 'default' });
    await expect.poll(() => live.sums.get(agent!.id)?.requests).toBe(1);
    await expect
      .poll(() => events.map((event) => JSON.parse(event)))
      .toEqual([{ type: 'agent.changed', agentId: agent!.id }]);
    await Promise.all([live.stop(), stop()]);
  });

  test('a request repeated at another process is answered alike and counted once, live and stored', async () => {
    const { id } = await makeTeam(world);
    const live = await listen(id);
    const payload = traces('shop', run('Planner'), call());
    const answers = [
      await ingest(id, 'traces', payload, 0),
      await ingest(id, 'traces', payload, 0),
      await ingest(id, 'traces', payload, 1),
    ];
    expect(answers.map(({ count }) => count)).toEqual([0, 0, 0]);
    expect(await world.sql`select count(*)::int as n from spans where team_id = ${id}`).toEqual([{ n: 2 }]);
    const planner = (await agentsOf(id)).find(({ name }) => name === 'Planner');
    await processes[1]!.door.ingest({
      ...{ teamId: id, keyId: 'key', signal: 'traces', encoding: 'json', receivedAtMs: Date.now() },
      body: Buffer.from(JSON.stringify(traces('shop', run('Last')))),
    });
    const last = (await agentsOf(id)).find(({ name }) => name === 'Last');
    await expect.poll(() => live.sums.get(last!.id)?.requests).toBe(1);
    if (!live.askedToReload()) expect(live.sums.get(planner!.id)?.requests).toBe(1);
    await live.stop();
  });

  test('a child that comes before its agent moves to it, in the store and in the live values', async () => {
    const { id } = await makeTeam(world);
    const live = await listen(id);
    const parent = run('Planner');
    await ingest(id, 'traces', traces('shop', call({ parentSpanId: parent.spanId })));
    await ingest(id, 'traces', traces('shop', parent));
    const all = await agentsOf(id);
    const idOf = (name: string): string => all.find((agent) => agent.name === name)!.id;
    const owner = () =>
      world.sql`select agent_id, owner_source from spans where team_id = ${id} and name like 'chat%'`;
    await expect
      .poll(owner, { timeout: 5_000 })
      .toEqual([{ agent_id: idOf('Planner'), owner_source: 'ancestor' }]);
    await expect
      .poll(() => live.sums.get(idOf('Planner')))
      .toEqual({ requests: 1, modelCalls: 1, inputTokens: 100 });
    expect(live.sums.get(idOf('shop'))).toEqual({ requests: 0, modelCalls: 0, inputTokens: 0 });
    await live.stop();
  });

  test('tokens never stand beside a service while their agent still works, however often they are sent', async () => {
    const { id } = await makeTeam(world);
    const seen: number[] = [];
    const stop = await bus.subscribe(channels.live(id), (payload) => {
      seen.push(...(JSON.parse(payload) as LiveTick).inputTokens);
    });
    const parent = run('Planner');
    const child = call({ parentSpanId: parent.spanId });
    await ingest(id, 'traces', traces('shop', child));
    await ingest(id, 'traces', traces('shop', child, run('Other')));
    await expect.poll(() => seen.length).toBeGreaterThanOrEqual(2);
    expect(seen.filter((tokens) => tokens !== 0)).toEqual([]);
    await ingest(id, 'traces', traces('shop', parent));
    await expect.poll(() => seen.filter((tokens) => tokens !== 0)).toEqual([100]);
    await stop();
  });

  test('a call whose agent never comes counts for its service in the end, once', async () => {
    const { id } = await makeTeam(world);
    const live = await listen(id);
    const lost = call({ parentSpanId: 'f'.repeat(16), traceId: 'f'.repeat(32) });
    await ingest(id, 'traces', traces('shop', lost));
    await expect
      .poll(() => [...live.sums.values()], { timeout: 15_000 })
      .toEqual([{ requests: 0, modelCalls: 1, inputTokens: 100 }]);
    await live.stop();
  });

  test('prompts are dropped unless the team switched them on, which takes hold within 5 s', async () => {
    const { id } = await makeTeam(world);
    const stored = async () =>
      (await world.sql`select attributes from spans where team_id = ${id} order by start_ns`).map(
        ({ attributes }) => 'gen_ai.input.messages' in (attributes ?? {}),
      );
    await ingest(id, 'traces', traces('shop', call()));
    expect(await stored()).toEqual([false]);
    await world.db.update(teams).set({ contentCapture: true }).where(eq(teams.id, id));
    await new Promise((resolve) => setTimeout(resolve, 5_050));
    await ingest(id, 'traces', traces('shop', call()));
    expect(await stored()).toEqual([false, true]);
  });

  test('what a rule finds never reaches the store, and a broken one drops content but no span', async () => {
    const { id } = await makeTeam(world, { contentCapture: true });
    await world.sql`insert into redaction_rules (id, team_id, name, kind) values (${uuidv7()}, ${id}, 'mails', 'email')`;
    const said = (value: string) => call({ attributes: [text('gen_ai.input.messages', value)] });
    const stored = async () =>
      JSON.stringify(
        await world.sql`select attributes, status_message, events from spans where team_id = ${id}`,
      );
    await ingest(id, 'traces', traces('shop', said('write to canary@mail.example today')));
    expect(await stored()).toContain('write to [redacted] today');
    await world.sql`insert into redaction_rules (id, team_id, name, kind, pattern)
                    values (${uuidv7()}, ${id}, 'broken', 'pattern', '(')`;
    // The other process has not read the team's rules yet: it knows those of now.
    const refusals = await ingest(id, 'traces', traces('shop', said('the canary sings')), 1);
    expect(refusals.count).toBe(0);
    expect(await stored()).not.toContain('canary');
    expect(await world.sql`select from spans where team_id = ${id}`).toHaveLength(2);
    await expect
      .poll(
        () =>
          world.sql`select count::int from sender_stats where team_id = ${id} and outcome = 'content_dropped'`,
        {
          timeout: 15_000,
        },
      )
      .toMatchObject([{ count: 1 }]);
  });

  test('agents over the team limit are refused by count, known ones go on', async () => {
    const { id } = await makeTeam(world);
    const names = ['A', 'B', 'C', 'D', 'E', 'F'];
    const refusals = await ingest(id, 'traces', traces('shop', ...names.map((name) => run(name))));
    expect(refusals.byReason).toEqual({ too_many_agents: 2 });
    const again = await ingest(id, 'traces', traces('shop', ...names.map((name) => run(name))), 1);
    expect(again.byReason).toEqual({ too_many_agents: 2 });
    expect(await agentsOf(id)).toHaveLength(4);
  });

  test('security P9: the series cap of an agent holds over several processes, known series go on', async () => {
    const { id } = await makeTeam(world);
    const report = (models: string[]) => ({
      resourceMetrics: [
        {
          resource: { attributes: [text('service.name', 'shop')] },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'load',
                  gauge: {
                    dataPoints: models.map((model) => ({
                      timeUnixNano: `${Date.now()}000000`,
                      asDouble: 1,
                      attributes: [text('gen_ai.request.model', model)],
                    })),
                  },
                },
              ],
            },
          ],
        },
      ],
    });
    expect((await ingest(id, 'metrics', report(['1', '2', '3']), 0)).count).toBe(0);
    expect((await ingest(id, 'metrics', report(['4', '5', '6', '7']), 1)).byReason).toEqual({
      too_many_series: 2,
    });
    expect((await ingest(id, 'metrics', report(['1', '4', '5', '8']), 0)).byReason).toEqual({
      too_many_series: 1,
    });
  });

  test('a log record of a span that another process took in makes no agent of its service', async () => {
    const { id } = await makeTeam(world);
    const planner = run('Planner');
    const logs = (part: object) => ({
      resourceLogs: [
        {
          resource: { attributes: [text('service.name', 'shop')] },
          scopeLogs: [{ logRecords: [{ timeUnixNano: `${Date.now()}000000`, ...part }] }],
        },
      ],
    });
    const ofSpan = { traceId: planner.traceId, spanId: planner.spanId };
    await ingest(id, 'logs', logs({ ...ofSpan, severityNumber: 17 }), 1);
    await ingest(id, 'traces', traces('shop', planner));
    await ingest(id, 'logs', logs({ ...ofSpan, severityNumber: 18 }), 1);
    const shown = (await agentsOf(id)).filter(({ deletedAt }) => deletedAt === null);
    expect(shown.map(({ name }) => name)).toEqual(['Planner']);
    expect(await world.sql`select severity from logs where team_id = ${id} order by 1`).toHaveLength(2);
    await ingest(id, 'logs', logs({ attributes: [text('gen_ai.agent.name', 'Scribe')] }));
    expect((await agentsOf(id)).filter(({ deletedAt }) => deletedAt === null)).toHaveLength(2);
  });

  test('the receiver book says what each sender had accepted and refused', async () => {
    const { id } = await makeTeam(world);
    const old = { startTimeUnixNano: '1000000000', endTimeUnixNano: '2000000000' };
    await ingest(id, 'traces', traces('shop', run('Planner'), call(), run('Planner', old)));
    const book = () =>
      world.sql`select sender, signal, outcome, count::int from sender_stats
                where team_id = ${id} and outcome <> 'unmapped' order by outcome`;
    await expect.poll(book, { timeout: 8_000 }).toEqual([
      { sender: 'shop', signal: 'traces', outcome: 'accepted', count: 2 },
      { sender: 'shop', signal: 'traces', outcome: 'too_old', count: 1 },
    ]);
  });
});
