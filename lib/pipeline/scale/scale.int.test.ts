import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readReceptions } from '#db/receptions.ts';
import { clusters } from '#db/schema/clusters.ts';
import { receptions } from '#db/schema/receptions.ts';
import { scalingDecisions, scalingPolicies } from '#db/schema/scaling.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import type { FeatureFlags } from '#lib/model/installation-settings.ts';
import { SCALING_DEFAULTS, scalingRuleSchema } from '#lib/model/scaling.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createBatchStore } from '#lib/pipeline/store/batch.ts';
import { type Cluster, ClusterError } from '#lib/ports/cluster/port.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import {
  createScalingPolicy,
  deleteScalingPolicy,
  updateScalingPolicy,
} from '#lib/scaling/manage-policies.ts';
import { measureLoad, windowAt } from '#lib/scaling/measure.ts';
import { previewScaling } from '#lib/scaling/preview-policy.ts';
import { getScalingPolicy, listScalingDecisions, listScalingPolicies } from '#lib/scaling/queries.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeDeployment } from '#lib/testing/deployments.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { setDatabaseClock } from '#lib/testing/rule-world.ts';
import { makeSpan } from '#lib/testing/span-factory.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { asDeployment, sampleDeployment } from '#tests/kubernetes/sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { runScaling, type ScaleTools } from './run-scaling.ts';

const NEVER = new AbortController().signal;
const QUEUE = 'jobs.waiting';
const LOAD = { by: 'queue_depth', metric: QUEUE, target: 10 } as const;
/** Acts at once, so that a test needs one look. */
const PROMPT = {
  ...{ minReplicas: 1, maxReplicas: 10, windowSeconds: 60, upCooldownSeconds: 0, downCooldownSeconds: 0 },
  ...{ downStabilisationSeconds: 0, maxStepDown: 10, maxStepUp: 10 },
};

let world: World;
let pool: pg.Pool;
let server: KubernetesServer;
let cluster: Cluster;
let teamId: string;
let agentId: string;
let clusterId: string;
let name: string;
let context: ReturnType<typeof commandContext>;
let told: TeamEvent[];
const clock = manualClock(0);
let store: ReturnType<typeof createPostgresMetricStore>;
beforeAll(async () => {
  world = await createWorld();
  pool = openTelemetryPool(world.appUrl, 4);
  store = createPostgresMetricStore({
    ...{ pool, clock, writer: 'one' },
    onRollUpError: (error) => {
      throw error;
    },
  });
  server = await startKubernetes({ namespaces: ['agents'] });
  cluster = await openCluster(server);
  // Whole tens of seconds, so that windows lie where the tests say.
  await at(Math.floor(server.now() / 60_000) * 60_000);
  const listening = { fromAt: new Date(clock.now() - 7_200_000), toAt: new Date(clock.now() + 7_200_000) };
  await world.db.insert(receptions).values(listening);
});
beforeEach(async () => {
  await world.ownerSql`delete from scaling_policies`;
  teamId = (await makeTeam(world)).id;
  agentId = (await makeAgent(world, teamId)).id;
  clusterId = uuidv7();
  name = `agent-${clusterId.slice(-12)}`;
  told = [];
  context = commandContext(world, { features: everyFeature });
  context.deps.metrics = store;
  server.requests.clear();
});
afterAll(async () => {
  await cluster.close();
  await server.close();
  await pool.end();
  await world.close();
});

async function at(ms: number): Promise<void> {
  clock.set(ms);
  await setDatabaseClock(world, ms);
}
const later = (seconds: number) => at(clock.now() + seconds * 1000);

/** The queue as the agent reported it in the minute before its window ends, and from then on by every step. */
async function reports(depth: number, minutesAgo = 0): Promise<void> {
  const place = {
    ...{ agentName: 'a', environment: 'default', serviceNamespace: '', serviceName: 's', instance: '' },
  };
  const identity = { ...place, metric: QUEUE, unit: '1', kind: 'gauge', attributes: {} } as const;
  const { ids } = await store.resolveSeries(teamId, [{ agentId, identity }], 1000);
  const end = clock.now() - 30_000 - minutesAgo * 60_000;
  const times = [50, 40, 30, 20, 10].map((seconds) => end - seconds * 1000);
  const points = {
    seriesId: Int32Array.from(times, () => ids[0] ?? 0),
    timeMs: Float64Array.from(times),
    startMs: new Float64Array(times.length),
    value: Float64Array.from(times, () => depth),
  };
  const tx = await pool.connect();
  try {
    await tx.query('begin');
    await store.append(tx, [{ teamId, points, histograms: [] }]);
    await store.markChanged(tx, [{ teamId, timesMs: times }]);
    await tx.query('commit');
  } finally {
    tx.release();
  }
  const now = clock.now();
  clock.advance(20_000);
  await store.rollUp(clock.now());
  clock.set(now);
}

const workload = async (replicas: number, spec: Record<string, unknown> = {}) => {
  server.cluster.create(sampleDeployment(name, 'agent:1.0.0', { namespace: 'agents', replicas, spec }));
  await server.settled();
};
const live = () => asDeployment(server.cluster.get('deployments', 'agents', name));
const replicas = () => live().spec.replicas;
const writes = () => server.requests.matching({ verb: 'patch' }).length;

const tools = (over: Partial<ScaleTools> = {}): ScaleTools => ({
  ...{ db: world.db, worker: 'one', log: context.log, metricStore: store },
  announce: (_team, event) => void told.push(event),
  features: async () => everyFeature(),
  clusters: {
    async get(_teamId, id) {
      if (id !== clusterId) throw new AppError('not_found', 'There is no such cluster.');
      return cluster;
    },
  },
  ...over,
});
const admin = () => userActor(teamId, 'admin');
const deployed = (values: Parameters<typeof makeDeployment>[2] = {}) =>
  makeDeployment(world, teamId, {
    ...{ agentId, clusterId, workloadName: name, status: 'completed', finishedAt: new Date(clock.now()) },
    ...values,
  });
const make = async (rule: object = {}) =>
  (await execute(context, admin(), createScalingPolicy, { agentId, load: LOAD, ...PROMPT, ...rule })).id;
const look = async (over: Partial<ScaleTools> = {}) => {
  await world.sql`update scaling_policies set next_at = '2000-01-01Z'`;
  await runScaling(tools(over), NEVER);
  await server.settled();
};
const get = (id: string) => ask(context, admin(), getScalingPolicy, { id });
const decisions = async (id: string) => (await ask(context, admin(), listScalingDecisions, { id })).items;
const results = async (id: string) => (await decisions(id)).map(({ result }) => result);

test('deployment S-49: a load above its target scales the workload of the last completed deployment, on /scale alone, with its reason', async () => {
  await workload(2);
  await deployed({ workloadName: 'another', finishedAt: new Date(clock.now() - 1000) });
  await deployed();
  const id = await make({ isDryRun: false });
  await reports(50);
  await look();
  expect(replicas()).toBe(5);
  expect(server.requests.matching({ verb: 'patch' })).toMatchObject([{ name, subresource: 'scale' }]);
  const words = `${QUEUE} is at 50, 25 for each of 2 replicas, the target is 10: that asks for 5 replicas.`;
  expect(await decisions(id)).toMatchObject([{ result: 'scaled', from: 2, to: 5, words, load: 50 }]);
  const rows = await listAuditRows(world.db, teamId, 10);
  expect(rows.find(({ action }) => action === 'scaling.scale')).toMatchObject({
    ...{ actorName: 'worker', targetId: id },
    details: { before: { replicas: 2 }, after: { replicas: 5, load: 50 }, reason: words },
  });
  expect(told).toContainEqual(expect.objectContaining({ type: 'scaling.changed', agentId, policyId: id }));
  await later(30);
  await reports(50);
  await look();
  expect([replicas(), await results(id)]).toEqual([5, ['scaled']]);
});

test('a dry run recommends and touches nothing, and a recommendation is written down once', async () => {
  await workload(2);
  await deployed();
  const id = await make();
  await reports(50);
  await look();
  await look();
  expect([replicas(), writes()]).toEqual([2, 0]);
  expect(await decisions(id)).toMatchObject([{ result: 'recommended', from: 2, to: 5, isDryRun: true }]);
  expect((await get(id)).state).toMatchObject({ outcome: 'change', from: 2, to: 5 });
  const audited = (await listAuditRows(world.db, teamId, 10)).map(({ action }) => action);
  expect(audited.filter((action) => action === 'scaling.recommend')).toHaveLength(1);
  await execute(context, admin(), updateScalingPolicy, { id, isDryRun: false });
  await look();
  expect([replicas(), await results(id)]).toEqual([5, ['scaled', 'recommended']]);
});

test('deployment S-49: a workload that an autoscaler targets is left alone, and its bounds are said', async () => {
  await workload(2);
  await deployed();
  server.cluster.create({
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    metadata: { name: `hpa-${name}`, namespace: 'agents' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      ...{ minReplicas: 2, maxReplicas: 7 },
    },
  });
  const id = await make({ isDryRun: false });
  await reports(50);
  await look();
  expect([replicas(), writes()]).toEqual([2, 0]);
  expect((await get(id)).state).toMatchObject({
    ...{ outcome: 'hold', hold: 'hpa', from: 2 },
    words: expect.stringContaining('between 2 and 7 replicas'),
  });
  server.cluster.remove('horizontalpodautoscalers', 'agents', `hpa-${name}`);
  await look();
  expect([replicas(), await results(id)]).toEqual([5, ['scaled', 'holds']]);
});

test('silence, our own outage and a cluster without an answer change nothing', async () => {
  await workload(4);
  await deployed();
  const id = await make({ isDryRun: false });
  await look();
  expect((await get(id)).state).toMatchObject({ hold: 'no_data', from: 4 });
  await reports(80);
  const before = await world.db.delete(receptions).returning();
  await look();
  expect((await get(id)).state?.words).toContain('Pitwall itself could not take telemetry');
  await world.db.insert(receptions).values(before);
  const away = async () => {
    throw new ClusterError('unreachable', 'connection refused');
  };
  await look({ clusters: { get: async () => ({ ...cluster, read: away }) } });
  expect((await get(id)).state).toMatchObject({ hold: 'cluster_unreachable', from: null });
  expect([replicas(), writes()]).toEqual([4, 0]);
});

test('what is paused, rolled out, kept by a repository, at 0 or in another policy’s hand is left alone', async () => {
  await workload(2);
  const { id: deploymentId } = await deployed();
  const id = await make({ isDryRun: false });
  await reports(50);
  const held = async () => {
    await look();
    return (await get(id)).state?.hold;
  };
  const edit = (change: (draft: ReturnType<typeof live>) => void) =>
    server.cluster.edit('deployments', 'agents', name, (draft) => change(asDeployment(draft)));
  edit((draft) => {
    draft.spec.paused = true;
  });
  await server.settled();
  expect(await held()).toBe('paused');
  edit((draft) => {
    draft.spec.paused = false;
    draft.metadata.labels = { 'argocd.argoproj.io/instance': 'shop' };
  });
  expect(await held()).toBe('git_ops');
  edit((draft) => {
    draft.metadata.labels = {};
    draft.spec.replicas = 0;
  });
  await server.settled();
  expect(await held()).toBe('scaled_to_zero');
  server.onImage('never-ready', { is: 'ready', afterMs: Number.POSITIVE_INFINITY });
  edit((draft) => {
    draft.spec.replicas = 2;
    draft.spec.template.spec.containers = [{ name: 'main', image: 'never-ready:1' }];
  });
  await server.settled();
  edit((draft) => {
    draft.spec.template.spec.containers = [{ name: 'main', image: 'never-ready:2' }];
  });
  await server.settled();
  expect(await held()).toBe('rolling_out');
  expect(writes()).toBe(0);
  const other = (await makeAgent(world, teamId)).id;
  const named = { clusterId, namespace: 'agents', name };
  await world.db.insert(clusters).values({
    ...{ id: clusterId, teamId, name: 'prod', namespaces: ['agents'], accessFrom: 'in-cluster' },
  });
  const second = (
    await execute(context, admin(), createScalingPolicy, {
      ...{ agentId: other, load: LOAD, ...PROMPT, workload: named, isDryRun: false },
    })
  ).id;
  await look();
  expect((await get(second)).state?.hold).toBe('another_policy');
  await execute(context, admin(), deleteScalingPolicy, { id });
  await deployed({ status: 'in_progress', version: '2.0.0' });
  edit((draft) => {
    draft.spec.template.spec.containers = [{ name: 'main', image: 'agent:3' }];
  });
  await server.settled();
  await look();
  expect((await get(second)).state).toMatchObject({
    hold: 'rolling_out',
    words: expect.stringContaining('version 2.0.0 is under way'),
  });
  expect([writes(), deploymentId]).toEqual([0, expect.any(String)]);
});

test('a worker that dies between deciding and acting, or before it says so, leaves one change', async () => {
  class Killed extends Error {}
  for (const moment of ['before', 'after'] as const) {
    name = `${moment}-${clusterId.slice(-12)}`;
    agentId = (await makeAgent(world, teamId)).id;
    await workload(2);
    await deployed();
    const id = await make({ isDryRun: false });
    await reports(50);
    const { generation } = live().metadata;
    const dying: Cluster = {
      ...cluster,
      async patch(...request) {
        if (moment === 'after') await cluster.patch(...request);
        throw new Killed();
      },
    };
    await expect(look({ worker: 'dying', clusters: { get: async () => dying } })).rejects.toThrow();
    expect(await results(id)).toEqual(['acting']);
    // Another worker sees nothing of it before the lease is over.
    await look({ worker: 'other' });
    expect(await results(id)).toEqual(['acting']);
    await later(91);
    await Promise.all([look({ worker: 'other' }), look({ worker: 'third' })]);
    expect([replicas(), await results(id)]).toEqual([5, ['scaled']]);
    expect(live().metadata.generation).toBe((generation ?? 0) + 1);
    const audited = (await listAuditRows(world.db, teamId, 20)).filter(({ targetId }) => targetId === id);
    expect(audited.filter(({ action }) => action === 'scaling.scale')).toHaveLength(1);
  }
});

test('a worker that was too slow changes nothing: neither the policy nor a workload that changed meanwhile', async () => {
  await workload(2);
  await deployed();
  const id = await make({ isDryRun: false });
  await reports(50);
  const slow: Cluster = {
    ...cluster,
    async patch(...request) {
      server.cluster.edit('deployments', 'agents', name, (draft) => {
        asDeployment(draft).spec.replicas = 3;
      });
      return cluster.patch(...request);
    },
  };
  await look({ clusters: { get: async () => slow } });
  expect(replicas()).toBe(3);
  await look();
  expect((await decisions(id))[0]).toMatchObject({
    result: 'dropped',
    words: expect.stringContaining('somebody else scaled it to 3'),
  });
  await look();
  expect([replicas(), (await results(id))[0]]).toEqual([5, 'scaled']);
});

test('a cluster that refuses is told of once, and asked again later', async () => {
  await workload(2);
  await deployed();
  const id = await make({ isDryRun: false });
  await reports(50);
  const patch = async () => {
    throw new ClusterError('forbidden', 'deployments/scale is forbidden');
  };
  await look({ clusters: { get: async () => ({ ...cluster, patch }) } });
  expect((await decisions(id))[0]).toMatchObject({
    result: 'failed',
    words: expect.stringContaining('deployments/scale is forbidden'),
  });
  const [row] = await world.db.select().from(scalingPolicies).where(eq(scalingPolicies.id, id));
  expect(row?.nextAt.getTime()).toBe(clock.now() + 600_000);
});

test('nothing is looked at while either feature flag is off', async () => {
  await workload(2);
  await deployed();
  const id = await make({ isDryRun: false });
  await reports(50);
  for (const off of ['auto_scaling', 'deployment_automation'] as const) {
    const flags: FeatureFlags = { ...everyFeature(), [off]: false };
    await look({ features: async () => flags });
    const closed = commandContext(world, { features: () => flags });
    await expect(ask(closed, admin(), listScalingPolicies, {})).rejects.toMatchObject({
      ...{ code: 'not_found', message: expect.stringContaining(off) },
    });
  }
  expect([replicas(), await results(id)]).toEqual([2, []]);
});

test('the last hour is replayed on what was measured', async () => {
  for (const [minutesAgo, depth] of [
    [40, 60],
    [10, 20],
  ] as const)
    await reports(depth, minutesAgo);
  const preview = await ask(context, userActor(teamId, 'viewer'), previewScaling, {
    ...{ agentId, load: LOAD, ...PROMPT, replicas: 2 },
  });
  expect(preview.changes.map(({ from, to }) => [from, to])).toEqual([
    [2, 6],
    [6, 2],
  ]);
  expect(preview.held).toBe(60 - preview.load.filter((value) => value !== null).length);
  expect(preview.words).toContain('It would have changed the number 2 times');
});

test('runs a minute, their p95 and the cost of model calls are what was sent in, and unpriced calls keep no budget', async () => {
  const batches = createBatchStore({ pool, clock, metricStore: store });
  const none = new Float64Array(0);
  const points = { seriesId: new Int32Array(0), timeMs: none, startMs: none, value: none };
  const endMs = clock.now() - 60_000;
  const usage = {
    ...{ inputTokens: 100, outputTokens: 20, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
  };
  const send = async (costPriced: number | null) => {
    const run = makeSpan({ endMs, isAgentRun: true, operation: 'invoke_agent', durationMs: 4000 });
    const spans = [run, makeSpan({ endMs, usage, costPriced })];
    const request = { teamId, requestHash: randomBytes(32), logs: [], points, histograms: [] };
    await batches.write([{ ...request, spans: spans.map((span) => ({ agentId, span })) }]);
    const now = clock.now();
    clock.advance(60_000);
    await store.rollUp(clock.now());
    clock.set(now);
  };
  const measured = async (by: 'request_rate' | 'p95_latency', costPerHour: number) => {
    const rule = scalingRuleSchema.parse({
      ...SCALING_DEFAULTS,
      ...PROMPT,
      load: { by, target: 1 },
      costPerHour,
    });
    const windows = [windowAt(rule, clock.now())];
    const [found] = await measureLoad(
      store,
      { teamId, agentId, rule },
      windows,
      await readReceptions(world.db),
    );
    return found;
  };
  await send(0.5);
  await send(0.5);
  expect(await measured('request_rate', 10)).toEqual({ isHeard: true, load: 2, costPerHour: 60 });
  const slow = (await measured('p95_latency', 10))?.load ?? 0;
  expect(slow / 4000).toBeCloseTo(1, 1);
  await send(null);
  expect((await measured('request_rate', 10))?.costPerHour).toBe(60);
  expect((await measured('request_rate', 100))?.costPerHour).toBeNull();
});

test('policies are one for each agent, audited, of their team, and only admins make them', async () => {
  await workload(2);
  const id = await make();
  await expect(make()).rejects.toMatchObject({ code: 'conflict' });
  await expect(
    execute(context, userActor(teamId, 'developer'), updateScalingPolicy, { id, isDryRun: false }),
  ).rejects.toMatchObject({ code: 'forbidden' });
  await expect(execute(context, admin(), updateScalingPolicy, { id, minReplicas: 20 })).rejects.toMatchObject(
    {
      issues: [{ path: 'maxReplicas' }],
    },
  );
  await execute(context, admin(), updateScalingPolicy, { id, maxReplicas: 4 });
  const stranger = userActor((await makeTeam(world)).id, 'admin');
  const refused = [
    () => ask(context, stranger, getScalingPolicy, { id }),
    () => ask(context, stranger, listScalingDecisions, { id }),
    () => execute(context, stranger, updateScalingPolicy, { id, isDryRun: false }),
    () => execute(context, stranger, deleteScalingPolicy, { id }),
    () => ask(context, stranger, previewScaling, { agentId, load: LOAD, ...PROMPT }),
  ];
  for (const asked of refused) await expect(asked()).rejects.toMatchObject({ code: 'not_found' });
  const items = (await ask(context, userActor(teamId, 'viewer'), listScalingPolicies, { agentId })).items;
  expect(items).toMatchObject([{ id, isDryRun: true, rule: { maxReplicas: 4, maxStepUp: 10 }, state: null }]);
  await execute(context, admin(), deleteScalingPolicy, { id });
  const audited = await listAuditRows(world.db, teamId, 10);
  expect(audited.map(({ action }) => action).filter((action) => action.startsWith('scaling-policy'))).toEqual(
    ['scaling-policy.delete', 'scaling-policy.update', 'scaling-policy.update', 'scaling-policy.create'],
  );
});

test('decisions are kept for a month, and the last thousand of them', async () => {
  await workload(2);
  await deployed();
  const id = await make();
  const row = {
    teamId,
    policyId: id,
    result: 'recommended',
    words: 'x',
    isDryRun: true,
    policyVersion: 1,
  } as const;
  const old = new Date(clock.now() - 31 * 86_400_000);
  const recent = new Date(clock.now() - 1000);
  await world.db
    .insert(scalingDecisions)
    .values(Array.from({ length: 1100 }, (_, i) => ({ ...row, at: i < 50 ? old : recent })));
  await look();
  expect(await world.db.$count(scalingDecisions, eq(scalingDecisions.policyId, id))).toBe(1000);
});
