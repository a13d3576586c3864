import { once } from 'node:events';
import { createServer } from 'node:net';
import { asc, eq, gt, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDb } from '#db/client.ts';
import { agents, agentTransitions } from '#db/schema/agents.ts';
import { receptions } from '#db/schema/receptions.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createOutboundClient } from '#lib/outbound/client.ts';
import { noteReception } from '#lib/pipeline/store/receptions.ts';
import { commandContext } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { announceTransitions } from './announce-transitions.ts';
import { checkHealth, type HealthTools } from './check-health.ts';
import { claimHealthChecks } from './claim-health-checks.ts';
import { readMemory } from './health-memory.ts';
import { probeAgent } from './probe-agent.ts';
import { recordHealth } from './record-health.ts';

let world: World;
let teamId: string;
const answering = { ok: true, status: 200, latencyMs: 1, message: 'answered 200' };
const never = new AbortController().signal;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
});
afterAll(() => world.close());

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
const tools = (values: Partial<HealthTools> = {}): HealthTools => ({
  db: world.db,
  probe: async () => answering,
  runRates: async () => new Map(),
  onChanged: () => {},
  defaults: { healthIntervalMs: 30_000, healthTimeoutMs: 300_000 },
  ...values,
});
const agent = (values: object) => makeAgent(world, teamId, { lastTelemetryAt: new Date(), ...values });
const rowOf = async (id: string) => (await world.db.select().from(agents).where(eq(agents.id, id)))[0];
const transitionsOf = (id: string) =>
  world.db
    .select()
    .from(agentTransitions)
    .where(eq(agentTransitions.agentId, id))
    .orderBy(asc(agentTransitions.at));
const dueAgain = (id: string) =>
  world.db
    .update(agents)
    .set({ lastHealthCheckAt: ago(60) })
    .where(eq(agents.id, id));

test('a silent agent becomes unreachable once, with its reason, and comes back when it is heard of', async () => {
  const { id, name } = await agent({ lastTelemetryAt: ago(400), statusSince: ago(1000) });
  await checkHealth(tools(), never);
  await dueAgain(id);
  await checkHealth(tools(), never);
  await world.db
    .update(agents)
    .set({ lastTelemetryAt: new Date(Date.now() + 5) })
    .where(eq(agents.id, id));
  await checkHealth(tools(), never);
  expect(await transitionsOf(id)).toMatchObject([
    { fromStatus: 'running', toStatus: 'unreachable', reason: `${name} sent no telemetry for 5 min.` },
    { fromStatus: 'unreachable', toStatus: 'running', reason: `${name} sends telemetry.` },
  ]);
});

test('an agent is checked at its own interval', async () => {
  const fast = await agent({ healthIntervalSeconds: 5, lastHealthCheckAt: ago(6) });
  const slow = await agent({ lastHealthCheckAt: ago(6) });
  const gone = await agent({ deletedAt: new Date() });
  const claims = await claimHealthChecks(world.db, { limit: 100, intervalMs: 30_000 });
  const ids = claims.map((claim) => claim.agentId);
  expect([fast.id, slow.id, gone.id].map((id) => ids.includes(id))).toEqual([true, false, false]);
});

test('two workers share the agents: each is checked by one of them', async () => {
  const made = await Promise.all(
    Array.from({ length: 300 }, () => agent({ healthUrl: 'https://a.example/h' })),
  );
  const probed: string[] = [];
  const other = openDb(world.appUrl);
  const probe = async () => {
    probed.push('x');
    return answering;
  };
  try {
    const round = (db: HealthTools['db']) => checkHealth(tools({ db, probe }), never);
    while ((await Promise.all([round(world.db), round(other.db)])).some((checked) => checked > 0));
  } finally {
    await other.close();
  }
  expect(probed).toHaveLength(made.length);
});

test('of two workers with the same finding one writes it: one transition, not two', async () => {
  const { id } = await agent({ lastTelemetryAt: ago(400), statusSince: ago(1000) });
  const claim = (await claimHealthChecks(world.db, { limit: 100, intervalMs: 30_000 })).find(
    (candidate) => candidate.agentId === id,
  );
  if (!claim) throw new Error('the agent was not due');
  const decision = { status: 'unreachable', reason: 'silent', control: 'none' } as const;
  const result = { claim, memory: readMemory({}), decision };
  const written = await Promise.all([1, 2].map(() => recordHealth(world.db, [result], () => {})));
  expect(written.toSorted()).toEqual([0, 1]);
  expect(await transitionsOf(id)).toHaveLength(1);
});

test('a finding that is older than a newer check, or than a new request, is dropped', async () => {
  const { id } = await agent({ lastTelemetryAt: ago(400), statusSince: ago(1000) });
  const slow: HealthTools['runRates'] = async () => {
    await dueAgain(id);
    return new Map();
  };
  await checkHealth(tools({ runRates: slow }), never);
  expect(await transitionsOf(id)).toEqual([]);
  expect((await rowOf(id))?.status).toBe('running');
});

test('a transition whose transaction dies is not there, and the next round makes it', async () => {
  const { id } = await agent({ lastTelemetryAt: ago(400), statusSince: ago(1000) });
  await world.ownerSql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end'`;
  await world.ownerSql`create trigger refuse before insert on agent_transitions execute function refuse()`;
  await expect(checkHealth(tools(), never)).rejects.toThrow();
  expect((await rowOf(id))?.status).toBe('running');
  await world.ownerSql`drop trigger refuse on agent_transitions`;
  await dueAgain(id);
  await checkHealth(tools(), never);
  expect(await transitionsOf(id)).toHaveLength(1);
});

test('a round that is cut off holds its probes against nobody', async () => {
  const { id } = await agent({ healthUrl: 'https://a.example/h' });
  const stop = new AbortController();
  const probe: HealthTools['probe'] = async () => {
    stop.abort();
    return { ok: false, status: null, latencyMs: 1, message: 'cut off' };
  };
  await expect(checkHealth(tools({ probe }), stop.signal)).rejects.toThrow();
  expect(readMemory((await rowOf(id))?.health).failedProbes).toBe(0);
});

test('transitions go out once, in order, and wait while the bus is down', async () => {
  await world.db.update(agentTransitions).set({ announcedAt: sql`now()` });
  const { id } = await agent({ lastTelemetryAt: ago(400), statusSince: ago(1000) });
  await checkHealth(tools(), never);
  const { bus, published } = commandContext(world);
  const down = { ...bus, publish: () => Promise.reject(new AppError('unavailable', 'bus down')) };
  await expect(announceTransitions(world.db, down)).rejects.toMatchObject({ code: 'unavailable' });
  expect([await announceTransitions(world.db, bus), await announceTransitions(world.db, bus)]).toEqual([
    1, 0,
  ]);
  expect(published).toMatchObject([[`events:${teamId}`, expect.stringContaining(id)]]);
});

/** What is known of the times in which telemetry could be taken, in seconds before now. */
async function listened(...stretches: [from: number, to: number][]): Promise<void> {
  await world.db.delete(receptions);
  for (const [from, to] of stretches)
    await world.db.insert(receptions).values({ fromAt: ago(from), toAt: ago(to) });
}

test('the first round after an outage of Pitwall holds the silence that it made against nobody', async () => {
  const { id } = await agent({ lastTelemetryAt: ago(4000), statusSince: ago(9000) });
  const pool = openTelemetryPool(world.appUrl);
  try {
    await listened([9000, 3900]);
    await checkHealth(tools(), never);
    await noteReception(pool);
    await dueAgain(id);
    await checkHealth(tools(), never);
    expect(await rowOf(id)).toMatchObject({ status: 'running' });
    // Ten minutes later the receiver still listens, and nothing came.
    await world.db
      .update(receptions)
      .set({ fromAt: ago(600) })
      .where(gt(receptions.fromAt, ago(60)));
    await noteReception(pool);
    await dueAgain(id);
    await checkHealth(tools(), never);
    expect(await transitionsOf(id)).toMatchObject([{ fromStatus: 'running', toStatus: 'unreachable' }]);
    expect(await world.db.select().from(receptions)).toHaveLength(2);
  } finally {
    await pool.end();
    await listened([1_000_000, -1_000_000]);
  }
});

const failing = { ok: false, status: null, latencyMs: 1, message: 'the connection was refused' };
const silentProbed = () =>
  agent({ healthUrl: 'https://a.example/h', lastTelemetryAt: ago(400), statusSince: ago(1000) });

test('probes that failed before the workers were away do not count on with those after', async () => {
  const { id } = await silentProbed();
  const round = async () => {
    await checkHealth(tools({ probe: async () => failing }), never);
    return readMemory((await rowOf(id))?.health).failedProbes;
  };
  await round();
  await dueAgain(id);
  expect(await round()).toBe(2);
  await world.db
    .update(agents)
    .set({ lastHealthCheckAt: ago(3600) })
    .where(eq(agents.id, id));
  expect(await round()).toBe(1);
  expect((await rowOf(id))?.status).toBe('running');
});

test('a start that waited while no worker was there is watched anew before it fails', async () => {
  const requestId = uuidv7();
  const { id, name } = await agent({
    ...{ status: 'stopped', lastTelemetryAt: null, statusSince: ago(1000), lastHealthCheckAt: ago(600) },
    ...{ desiredState: 'running', desiredSince: ago(600), controlRequestId: requestId },
    ...{ controlSentAt: ago(600), controlAcceptedAt: ago(600) },
    health: { watched: { requestId, sinceMs: Date.now() - 605_000 } },
  });
  await checkHealth(tools(), never);
  expect(await rowOf(id)).toMatchObject({ status: 'stopped', desiredState: 'running' });
  const { watched } = readMemory((await rowOf(id))?.health);
  const health = { watched: { requestId, sinceMs: (watched?.sinceMs ?? 0) - 130_000 } };
  await world.db
    .update(agents)
    .set({ health, lastHealthCheckAt: ago(3) })
    .where(eq(agents.id, id));
  await checkHealth(tools(), never);
  expect(await rowOf(id)).toMatchObject({
    status: 'error',
    desiredState: null,
    statusReason: `${name} was asked to start and gave no sign of life within 2 min.`,
  });
});

test('words that change under the same status are told once, and so is a start that is settled without another', async () => {
  const changed: string[] = [];
  const onChanged = (team: string, agentId: string) => changed.push(`${team} ${agentId}`);
  const worse = await agent({ status: 'degraded', statusReason: 'worse before', statusSince: ago(1000) });
  const kept = await agent({
    ...{ status: 'running', desiredState: 'running', desiredSince: ago(20), controlRequestId: uuidv7() },
    ...{ controlSentAt: ago(10), controlAcceptedAt: ago(9) },
  });
  const runRates: HealthTools['runRates'] = async () =>
    new Map([[worse.id, { total: 40, failed: 5, of: 'run' }]]);
  const told = (id: string) => changed.filter((each) => each === `${teamId} ${id}`).length;
  await checkHealth(tools({ runRates, onChanged }), never);
  expect(await rowOf(worse.id)).toMatchObject({
    statusReason: expect.stringContaining('about 10% of its runs'),
  });
  expect(await rowOf(kept.id)).toMatchObject({ status: 'running', desiredState: null });
  expect([told(worse.id), told(kept.id)]).toEqual([1, 1]);
  await dueAgain(worse.id);
  await checkHealth(tools({ runRates, onChanged }), never);
  expect(told(worse.id)).toBe(1);
});

test('a failure rate that moves at every check is told when its words change, not at every check', async () => {
  const failing = await agent({ status: 'degraded', statusReason: 'worse before', statusSince: ago(1000) });
  let told = 0;
  const onChanged = (_team: string, agentId: string) => {
    if (agentId === failing.id) told += 1;
  };
  const round = async (failed: number, total: number) => {
    await dueAgain(failing.id);
    const runRates = async () => new Map([[failing.id, { total, failed, of: 'run' as const }]]);
    await checkHealth(tools({ runRates, onChanged }), never);
    return [told, (await rowOf(failing.id))?.statusReason];
  };
  const words = (share: string) => `${failing.name} failed about ${share} of its runs in the last 5 minutes.`;
  for (const [failed, total] of [
    [13, 100],
    [14, 101],
    [16, 99],
    [17, 103],
    [12, 98],
  ] as const)
    expect(await round(failed, total)).toEqual([1, words('10%')]);
  expect(await round(19, 100)).toEqual([2, words('20%')]);
  expect(await round(14, 100)).toEqual([2, words('20%')]);
  const { runs } = readMemory((await rowOf(failing.id))?.health);
  expect(runs).toEqual({ total: 100, failed: 14, of: 'run' });
});

test('a start that no worker ever sends ends with its reason, but not one that was sent while its end was decided', async () => {
  const requestId = uuidv7();
  const waiting = {
    ...({
      status: 'stopped',
      lastTelemetryAt: null,
      statusSince: ago(2000),
      lastHealthCheckAt: ago(3),
    } as const),
    ...({ desiredState: 'running', desiredSince: ago(1000), controlRequestId: requestId } as const),
    ...{ controlUrl: 'https://a.example/control', controlSecret: 'sealed' },
    health: { watched: { requestId, sinceMs: Date.now() - 950_000 } },
  };
  const unsent = await agent(waiting);
  await checkHealth(tools(), never);
  expect(await rowOf(unsent.id)).toMatchObject({
    status: 'error',
    desiredState: null,
    statusReason: `${unsent.name} could not be asked to start: the request was not sent within 15 min.`,
  });
  const { id } = await agent({ ...waiting, healthUrl: 'https://a.example/h' });
  const probe = async () => {
    await world.db.update(agents).set({ controlSentAt: sql`now()` }).where(eq(agents.id, id));
    return failing;
  };
  await checkHealth(tools({ probe }), never);
  expect(await rowOf(id)).toMatchObject({ status: 'stopped', desiredState: 'running' });
});

test('failed runs of the roll-ups reach the decision', async () => {
  const { id, name } = await agent({});
  const runRates: HealthTools['runRates'] = async () => new Map([[id, { total: 10, failed: 6, of: 'run' }]]);
  await checkHealth(tools({ runRates }), never);
  expect(await rowOf(id)).toMatchObject({
    status: 'error',
    statusReason: `${name} failed about 60% of its runs in the last 5 minutes.`,
    health: { runs: { total: 10, failed: 6 } },
  });
});

/** A server that takes every connection and never answers. */
async function startHanging() {
  const counted = { open: 0, most: 0, total: 0 };
  const server = createServer((socket) => {
    socket.resume();
    counted.total += 1;
    counted.most = Math.max(counted.most, ++counted.open);
    socket.on('error', () => {});
    socket.on('close', () => {
      counted.open -= 1;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { counted, url: `http://127.0.0.1:${port}/health`, close: () => server.close() };
}

test('a thousand agents whose probes all hang are through within the interval, on few sockets', async () => {
  const hanging = await startHanging();
  // Half of the real timeout, and of the interval of 30 s.
  const client = createOutboundClient({ policy: LOOPBACK, timeoutMs: 2000 });
  const probe: HealthTools['probe'] = (target, stop) =>
    probeAgent((url, signal) => client.send({ url, signal }), target, stop);
  const made = await Promise.all(Array.from({ length: 1000 }, () => agent({ healthUrl: hanging.url })));
  try {
    const startedAt = performance.now();
    while ((await checkHealth(tools({ probe }), never)) > 0);
    expect(performance.now() - startedAt).toBeLessThan(30_000 / 2);
    expect(hanging.counted.total).toBe(made.length);
    expect(hanging.counted.most).toBeLessThanOrEqual(200);
  } finally {
    await client.close();
    hanging.close();
  }
}, 30_000);
