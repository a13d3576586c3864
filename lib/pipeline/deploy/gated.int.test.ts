import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agents } from '#db/schema/agents.ts';
import { deploymentGateLooks, type deployments } from '#db/schema/deployments.ts';
import { gateSources } from '#db/schema/gates.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { passGate } from '#lib/deployments/judging/pass-gate.ts';
import { getDeployment } from '#lib/deployments/queries.ts';
import { type DeploymentGate, deploymentGateSchema } from '#lib/model/deployment-gate.ts';
import { SETTLED_AFTER_MS } from '#lib/model/gate.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { Cluster } from '#lib/ports/cluster/port.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeDeployment, noImages, silentMeter } from '#lib/testing/deployments.ts';
import { makeAgent, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { setDatabaseClock } from '#lib/testing/rule-world.ts';
import { badRuns, makeRun, spread, storeSpans } from '#lib/testing/version-runs.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { asDeployment } from '#tests/kubernetes/sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { claimDeployments } from './lease.ts';
import { type DeployTools, runDeployments } from './run-deployments.ts';

const NEVER = new AbortController().signal;
const SECOND = 1000;
/** Three looks in a minute and a half. */
const DURATION = 90;

let world: World;
let pool: pg.Pool;
let server: KubernetesServer;
let cluster: Cluster;
let teamId: string;
let agentId: string;
let anna: string;
let context: ReturnType<typeof commandContext>;
let where: { clusterId: string; workloadName: string; agentId: string; image: string };
let nowMs: number;
let announced: string[];
beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 4);
  server = await startKubernetes({ namespaces: ['agents'] });
  cluster = await openCluster(server);
});
beforeEach(async () => {
  await world.ownerSql`delete from deployments`;
  teamId = (await makeTeam(world)).id;
  agentId = (await makeAgent(world, teamId)).id;
  anna = (await makeMember(world, teamId, 'developer', { name: 'Anna' })).id;
  context = commandContext(world, { features: everyFeature });
  const clusterId = uuidv7();
  const workloadName = `agent-${clusterId.slice(-12)}`;
  where = { clusterId, workloadName, agentId, image: 'registry.example.test/agent' };
  announced = [];
  // Spans of the last hours are stored, so that what is judged lies behind.
  await at(Date.now() - 3_600_000);
});
afterAll(async () => {
  await pool.end();
  await cluster.close();
  await server.close();
  await world.close();
});

async function at(ms: number): Promise<void> {
  nowMs = ms;
  await setDatabaseClock(world, ms);
}

const tools = (worker = 'one'): DeployTools => ({
  ...context.deps,
  ...{ db: world.db, worker, log: context.log },
  announce: (_teamId, event) => announced.push(event.type),
  meter: silentMeter,
  images: noImages,
  clusters: { get: async () => cluster },
});
const actor = (userId = anna) => userActor(teamId, 'developer', { userId, name: 'Boris' });
const get = (id: string) => ask(context, actor(), getDeployment, { id });
const gate = (values: object = {}): DeploymentGate =>
  deploymentGateSchema.parse({ durationSeconds: DURATION, definition: { looks: 3 }, ...values });
const make = (version: string, values: Partial<typeof deployments.$inferInsert> = {}) =>
  makeDeployment(world, teamId, {
    ...{ ...where, version, nextAt: new Date(0), autoRollback: true },
    requestedBy: { kind: 'user', id: anna },
    ...values,
  });

async function look(worker = 'one'): Promise<void> {
  await world.sql`update deployments set next_at = '2000-01-01Z'`;
  await runDeployments(tools(worker), NEVER);
  await server.settled();
}
async function looks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await look();
}

const store = (spans: ReturnType<typeof makeRun>) => storeSpans(pool, teamId, agentId, spans);
const goodRuns = (version: string, moments: readonly number[]) =>
  moments.flatMap((endMs) => makeRun({ version, endMs }));

/** 1.0.0 runs, with its telemetry, and 1.1.0 is rolled out behind a gate that has begun. */
async function begun(values: object = {}, more: Partial<typeof deployments.$inferInsert> = {}) {
  await make('1.0.0');
  await looks(2);
  await store(goodRuns('1.0.0', spread(300, nowMs - 100 * SECOND, nowMs)));
  const { id } = await make('1.1.0', { gate: gate(values), ...more });
  await looks(2);
  const seen = await get(id);
  return { id, startedAt: seen.gate?.startedAt ?? Number.NaN, seen };
}

/** The moment at which a look is due. */
const due = (startedAt: number, n: number) => startedAt + (DURATION / 3) * n * SECOND + SETTLED_AFTER_MS;
const liveImage = () =>
  asDeployment(server.cluster.get('deployments', 'agents', where.workloadName)).spec.template.spec
    .containers[0]?.image;
const codes = async (id: string) =>
  (await get(id)).events.map(({ code }) => code).filter((code) => code !== 'progress');

test('deployment S-62, S-97: a release with 20 % errors and twice the cost is failed by its own telemetry and rolled back by itself, once', async () => {
  const { id, startedAt, seen } = await begun();
  expect(seen).toMatchObject({
    status: 'in_progress',
    gate: { state: 'judging', baselineVersion: '1.0.0', nextLookAt: due(startedAt, 1) },
  });
  await store(badRuns('1.1.0', spread(200, startedAt, startedAt + 60 * SECOND)));
  await at(due(startedAt, 1) - 1);
  await look();
  expect((await get(id)).gate?.looks).toEqual([]);
  await at(due(startedAt, 2));
  announced = [];
  await look();
  expect(announced.filter((type) => type === 'deployment.changed').length).toBeGreaterThan(1);
  const failed = await get(id);
  expect(failed).toMatchObject({ status: 'failed', failure: { code: 'GATE_FAILED' } });
  expect(failed.failure?.message).toContain('with 1.0.0');
  expect(failed.gate).toMatchObject({ state: 'failed' });
  const last = failed.gate?.looks.at(-1);
  expect(last).toMatchObject({ verdict: 'fail', judgement: { comparison: 'before_after' } });
  const metrics = last?.judgement?.metrics.filter(({ state }) => state === 'fail');
  expect(metrics?.map(({ metric }) => metric)).toContain('error_rate');
  expect(metrics?.[0]).toMatchObject({ candidate: { value: 0.2 }, baseline: { value: 0 } });
  await looks(3);
  const back = await get(failed.rolledBackBy?.id ?? '');
  expect(back).toMatchObject({ kind: 'rollback', status: 'completed', version: '1.0.0', gate: null });
  expect(liveImage()).toBe(`${where.image}:1.0.0`);
  expect(await get(id)).toMatchObject({ status: 'rolled_back', gate: { state: 'failed' } });
  const [{ count } = { count: 0 }] = await world.sql`
    select count(*)::int as count from deployments where target_deployment_id = ${id}`;
  expect(count).toBe(1);
});

test('a version that is no worse is in progress until its gate is passed, and completed by it', async () => {
  const { id, startedAt } = await begun();
  await store(goodRuns('1.1.0', spread(300, startedAt, startedAt + 90 * SECOND)));
  await at(due(startedAt, 1));
  await look();
  expect(await get(id)).toMatchObject({ status: 'in_progress', gate: { state: 'judging' } });
  await at(due(startedAt, 3));
  await look();
  const seen = await get(id);
  expect(seen).toMatchObject({ status: 'completed', gate: { state: 'passed' } });
  expect(seen.gate?.looks.map(({ look: n, verdict }) => [n, verdict])).toEqual([
    [1, 'inconclusive'],
    [2, 'inconclusive'],
    [3, 'pass'],
  ]);
  expect((await codes(id)).slice(-5)).toEqual([
    ...['gate.started', 'gate.inconclusive', 'gate.inconclusive', 'gate.pass', 'completed'],
  ]);
});

test('deployment S-57: a worker that dies at a look leaves it to the next one, which judges the time that was planned', async () => {
  const { id, startedAt } = await begun();
  await store(goodRuns('1.1.0', spread(300, startedAt, startedAt + 90 * SECOND)));
  await at(due(startedAt, 1));
  await look();
  await world.sql`update deployments set next_at = '2000-01-01Z'`;
  const [lost] = await claimDeployments(world.db, 'dies');
  expect(lost?.id).toBe(id);
  await at(due(startedAt, 2) + 200 * SECOND);
  await looks(2);
  const { gate: seen, status } = await get(id);
  expect(status).toBe('completed');
  expect(seen?.looks.map(({ look: n }) => n)).toEqual([1, 2, 3]);
  expect(seen?.looks.map(({ judgement }) => (judgement?.candidate.to ?? 0) - startedAt)).toEqual(
    [30, 60, 90].map((seconds) => seconds * SECOND),
  );
});

test('the looks that were taken are never changed or taken back, not even by the owner of the database', async () => {
  const { id, startedAt } = await begun();
  await at(due(startedAt, 1));
  await look();
  const [row] = await world.db.select().from(deploymentGateLooks);
  expect(row).toMatchObject({ deploymentId: id, look: 1, verdict: 'inconclusive' });
  await expect(world.ownerSql`delete from deployment_gate_looks`).rejects.toThrow('is history');
  await expect(world.ownerSql`update deployment_gate_looks set verdict = 'pass'`).rejects.toThrow(
    'is history',
  );
});

test('deployment S-97, S-99: without runs of the new version it waits for somebody, who lets it through', async () => {
  const { id, startedAt } = await begun({}, { approvalsNeeded: 0 });
  await at(due(startedAt, 3));
  await look();
  const held = await get(id);
  expect(held).toMatchObject({
    status: 'in_progress',
    gate: { state: 'held', heldUntil: nowMs + 86_400_000 },
    can: { passGate: { allowed: true } },
  });
  expect(held.gate?.looks.at(-1)?.reason).toContain('no run of 1.1.0');
  await execute(context, actor(), passGate, { id, comment: 'tried by hand' });
  await look();
  expect(await get(id)).toMatchObject({
    status: 'completed',
    gate: { state: 'let_through', letThroughBy: 'Boris' },
  });
  await expect(execute(context, actor(), passGate, { id })).rejects.toMatchObject({ code: 'conflict' });
});

test('what nobody decides about in time fails, and an undecided one at once where the gate says so', async () => {
  const { id, startedAt } = await begun({ holdMinutes: 5 });
  await at(due(startedAt, 3));
  await look();
  await at(nowMs + 299 * SECOND);
  await look('two');
  expect(await get(id)).toMatchObject({ status: 'in_progress', gate: { state: 'held' } });
  await at(nowMs + SECOND);
  await look();
  expect(await get(id)).toMatchObject({ status: 'failed', failure: { code: 'GATE_EXPIRED' } });
  await looks(3);
  const strict = await make('1.2.0', { gate: gate({ onUndecided: 'fail' }) });
  await looks(2);
  await at(due((await get(strict.id)).gate?.startedAt ?? 0, 3));
  await look();
  expect(await get(strict.id)).toMatchObject({ failure: { code: 'GATE_FAILED' } });
});

test('while the rollout goes on both versions are compared in the same time, and a bad one is stopped in the middle of it', async () => {
  await make('1.0.0');
  await looks(2);
  server.onImage('half-way', { is: 'ready', afterMs: Number.POSITIVE_INFINITY });
  const { id } = await make('half-way', { gate: gate({ begins: 'applied' }) });
  await look();
  const { gate: begins } = await get(id);
  const startedAt = begins?.startedAt ?? Number.NaN;
  await store([
    ...goodRuns('1.0.0', spread(200, startedAt - 60 * SECOND, startedAt + 30 * SECOND)),
    ...badRuns('half-way', spread(150, startedAt, startedAt + 30 * SECOND)),
  ]);
  await at(due(startedAt, 1));
  await look();
  const seen = await get(id);
  expect(seen.gate?.looks[0]).toMatchObject({ verdict: 'fail', judgement: { comparison: 'same_window' } });
  expect(seen).toMatchObject({ status: 'failed', failure: { code: 'GATE_FAILED' } });
  await looks(3);
  expect(liveImage()).toBe(`${where.image}:1.0.0`);
});

test('nothing passes before all of it runs: the last look waits for the rollout', async () => {
  server.onImage('late', { is: 'ready', afterMs: 200 * SECOND });
  await make('1.0.0');
  await looks(2);
  await store(goodRuns('1.0.0', spread(300, nowMs - 100 * SECOND, nowMs)));
  const { id } = await make('late', { gate: gate({ begins: 'applied' }) });
  await look();
  const startedAt = (await get(id)).gate?.startedAt ?? Number.NaN;
  await store(goodRuns('late', spread(300, startedAt, startedAt + 90 * SECOND)));
  await at(due(startedAt, 3));
  await look();
  expect((await get(id)).gate?.looks.map(({ look: n }) => n)).toEqual([1, 2]);
  await server.advance(201 * SECOND);
  await look();
  expect(await get(id)).toMatchObject({ status: 'completed', gate: { state: 'passed' } });
});

test('the first version of a workload has nothing to be compared with, and says so', async () => {
  const { id } = await make('1.0.0', { gate: gate() });
  await looks(3);
  expect(await get(id)).toMatchObject({ status: 'completed', gate: { state: 'skipped', looks: [] } });
  expect(await codes(id)).toContain('gate.skipped');
});

test('deployment S-60: a cluster that does not answer while its version is judged ends nothing', async () => {
  const { id, startedAt } = await begun();
  await store(goodRuns('1.1.0', spread(300, startedAt, startedAt + 90 * SECOND)));
  const heal = server.chaos.fail({ status: 503 }, {}, 1000);
  await at(startedAt + 700 * SECOND - 60 * SECOND);
  await look();
  expect(await get(id)).toMatchObject({ status: 'in_progress', unreachableSince: nowMs });
  heal();
  await looks(2);
  expect(await get(id)).toMatchObject({ status: 'completed', gate: { state: 'passed' } });
});

test('an agent that was removed cannot be judged: the gate says so and waits for somebody', async () => {
  const { id, startedAt } = await begun();
  await world.db.update(agents).set({ deletedAt: new Date() });
  await at(due(startedAt, 3));
  await look();
  const { gate: seen } = await get(id);
  expect(seen?.state).toBe('held');
  expect(seen?.looks.map(({ verdict }) => verdict)).toEqual(['error', 'error', 'error']);
});

/** A Prometheus that answers nothing but an error. */
async function brokenPrometheus(): Promise<{ url: string; close: () => void }> {
  const broken: Server = createServer((_request, response) => response.writeHead(503).end());
  await new Promise<void>((done) => broken.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(broken.address() as AddressInfo).port}`,
    close: () => broken.close(),
  };
}

test('deployment S-97: the fifth error in a row of a source fails the version, counted from look to look', async () => {
  const prometheus = await brokenPrometheus();
  await world.db.insert(gateSources).values({
    ...{ id: uuidv7(), teamId, name: 'main', url: prometheus.url },
    templates: [
      { name: 'errors', query: 'up', passes: { operator: '<' as const, value: 1 }, stepSeconds: null },
    ],
  });
  const definition = { looks: 6, queries: [{ source: 'main', template: 'errors' }] };
  const { id, startedAt } = await begun({ definition });
  await store(goodRuns('1.1.0', spread(300, startedAt, startedAt + 90 * SECOND)));
  await at(startedAt + 80 * SECOND + SETTLED_AFTER_MS);
  await looks(2);
  const seen = await get(id);
  prometheus.close();
  expect(seen.gate?.looks.map(({ verdict, judgement }) => [verdict, judgement?.queries[0]?.errors])).toEqual([
    ...[1, 2, 3, 4].map((errors) => ['inconclusive', errors]),
    ['fail', 5],
  ]);
  expect(seen).toMatchObject({ failure: { code: 'GATE_FAILED' } });
});
