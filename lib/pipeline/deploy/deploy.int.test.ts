import { eq } from 'drizzle-orm';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { deployments } from '#db/schema/deployments.ts';
import { memberships } from '#db/schema/members.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { cancelDeployment } from '#lib/deployments/cancel-deployment.ts';
import { forceDeployment } from '#lib/deployments/force-deployment.ts';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import { pauseDeployment, resumeDeployment } from '#lib/deployments/pause-deployment.ts';
import { createFreezeWindow } from '#lib/deployments/policies/freeze-windows.ts';
import { getDeployment } from '#lib/deployments/queries.ts';
import { rollBackDeployment } from '#lib/deployments/rolling-back/roll-back.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import type { Cluster, Watch } from '#lib/ports/cluster/port.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeDeployment, noImages } from '#lib/testing/deployments.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { setDatabaseClock } from '#lib/testing/rule-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { controllerOf } from '#tests/kubernetes/objects.ts';
import { asDeployment, sampleDeployment } from '#tests/kubernetes/sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { createDeploymentMetrics, type DeploymentMetrics } from '#worker/deployment-metrics.ts';
import { claimDeployments, oldestLeaseSeconds, writeUnderLease } from './lease.ts';
import { type DeployTools, runDeployments } from './run-deployments.ts';

const IMAGE = 'registry.example.test/agent';
const NEVER = new AbortController().signal;

let world: World;
let server: KubernetesServer;
let cluster: Cluster;
let metrics: DeploymentMetrics;
const registry = new Registry();
/** How far the clock of the metrics is ahead of the one of watches. */
let aheadMs = 0;
let teamId: string;
let anna: string;
let context: ReturnType<typeof commandContext>;
let clusterId: string;
let name: string;
let nowMs: number;
beforeAll(async () => {
  world = await createWorld();
  server = await startKubernetes({ namespaces: ['agents'] });
  metrics = createDeploymentMetrics(registry, () => Date.now() + aheadMs);
  cluster = await openCluster(server, { meter: metrics });
});
beforeEach(async () => {
  await world.ownerSql`delete from deployments`;
  teamId = (await makeTeam(world)).id;
  anna = (await makeMember(world, teamId, 'developer', { name: 'Anna' })).id;
  context = commandContext(world, { features: everyFeature });
  clusterId = uuidv7();
  name = `agent-${clusterId.slice(-12)}`;
  await at(server.now());
});
afterAll(async () => {
  await cluster.close();
  await server.close();
  await world.close();
});

/** The database's clock; the cluster's own stands still unless it is moved. */
async function at(ms: number): Promise<void> {
  nowMs = ms;
  await setDatabaseClock(world, ms);
}

const tools = (worker = 'one'): DeployTools => ({
  ...context.deps,
  db: world.db,
  worker,
  log: context.log,
  announce: () => {},
  meter: metrics,
  images: noImages,
  clusters: {
    async get(_teamId, id) {
      if (id !== clusterId) throw new AppError('not_found', 'There is no such cluster.');
      return cluster;
    },
  },
});
const actor = () => userActor(teamId, 'developer', { userId: anna, name: 'Anna' });
const get = (id: string) => ask(context, actor(), getDeployment, { id });
const make = (version: string, values: Partial<typeof deployments.$inferInsert> = {}) =>
  makeDeployment(world, teamId, {
    ...{ clusterId, workloadName: name, image: IMAGE, version, nextAt: new Date(0) },
    requestedBy: { kind: 'user', id: anna },
    ...values,
  });

/** One look of a worker at everything that is under way. */
async function look(worker = 'one'): Promise<void> {
  await world.sql`update deployments set next_at = '2000-01-01Z'`;
  await runDeployments(tools(worker), NEVER);
  await server.settled();
}

/** Looks until the deployment is over. */
async function over(id: string, most = 12) {
  for (let looks = 0; looks < most; looks++) {
    await look();
    const seen = await get(id);
    if (!['pending', 'awaiting_approval', 'in_progress'].includes(seen.status)) return seen;
  }
  return get(id);
}

async function ship(version: string, values: Partial<typeof deployments.$inferInsert> = {}) {
  const { id } = await make(version, values);
  return over(id);
}

const live = () => asDeployment(server.cluster.get('deployments', 'agents', name));
const liveImage = () => live().spec.template.spec.containers[0]?.image;
const sets = () =>
  server.cluster.list('replicasets', 'agents').filter((set) => controllerOf(set)?.name === name);
const codes = async (id: string) => (await get(id)).events.map(({ code }) => code);
const foreign = (container = 'agent') => {
  const object = sampleDeployment(name, `${IMAGE}:0.1`, { namespace: 'agents' });
  asDeployment(object).spec.template.spec.containers = [{ name: container, image: `${IMAGE}:0.1` }];
  server.cluster.create(object, 'kubectl');
};

test('a version is applied, followed and completed, with one ReplicaSet, its timeline and its row in the ledger', async () => {
  const first = await ship('1.0.0');
  expect(first).toMatchObject({ status: 'completed', previousManifest: null });
  expect(await codes(first.id)).toEqual(['created', 'started', 'applied', 'completed']);
  const second = await ship('1.1.0', { digest: `sha256:${'b'.repeat(64)}`, changeCause: 'fixes refunds' });
  expect(second).toMatchObject({ status: 'completed', progress: { replicas: 1, available: 1 } });
  expect(liveImage()).toBe(`${IMAGE}:1.1.0@sha256:${'b'.repeat(64)}`);
  expect(live().metadata.annotations).toMatchObject({
    [DEPLOYMENT_ID]: second.id,
    'kubernetes.io/change-cause': 'fixes refunds',
  });
  expect(sets()).toHaveLength(2);
  expect(JSON.stringify(second.previousManifest)).toContain(`${IMAGE}:1.0.0`);
  expect(JSON.stringify(second.manifest)).not.toMatch(/managedFields|resourceVersion|"status"/);
  const rows = await listAuditRows(world.db, teamId, 10);
  expect(rows.map(({ action }) => action)).toContain('deployment.completed');
});

test('deployment S-03: a field of another manager stops it, says whose, and nothing is forced', async () => {
  foreign();
  const { generation } = live().metadata;
  const stopped = await ship('1.0.0');
  expect(stopped).toMatchObject({ status: 'failed', failure: { code: 'FIELD_CONFLICT' } });
  expect(stopped.failure?.message).toContain('kubectl');
  expect(stopped.conflicts).toContainEqual({ field: expect.stringContaining('image'), manager: 'kubectl' });
  expect(live().metadata.generation).toBe(generation);
});

test('deployment S-04: what was confirmed is taken over, and only from those who were named', async () => {
  foreign();
  const stopped = await ship('1.0.0');
  const force = () => execute(context, actor(), forceDeployment, { id: stopped.id, managers: ['kubectl'] });
  const forced = await force();
  server.cluster.edit(
    'deployments',
    'agents',
    name,
    (draft) => {
      asDeployment(draft).spec.template.spec.containers = [{ name: 'agent', image: `${IMAGE}:0.2` }];
    },
    'helm',
  );
  const again = await over(forced.id);
  expect(again).toMatchObject({ status: 'failed', failure: { code: 'FIELD_CONFLICT' } });
  expect(again.conflicts.map(({ manager }) => manager)).toContain('helm');
  const managers = [...new Set(again.conflicts.map(({ manager }) => manager))];
  const last = await execute(context, actor(), forceDeployment, { id: again.id, managers });
  expect(await over(last.id)).toMatchObject({ status: 'completed' });
  expect(liveImage()).toBe(`${IMAGE}:1.0.0`);
});

test('deployment S-15: what was previewed on another state of the workload is refused, and nothing is written', async () => {
  await ship('1.0.0');
  const expectedResourceVersion = live().metadata.resourceVersion;
  server.cluster.edit('deployments', 'agents', name, (draft) => {
    draft.metadata.labels = { team: 'blue' };
  });
  const stale = await ship('1.1.0', { expectedResourceVersion });
  expect(stale).toMatchObject({
    status: 'failed',
    failure: { code: 'PREVIEW_OUT_OF_DATE', message: expect.stringContaining('preview is out of date') },
  });
  expect(liveImage()).toBe(`${IMAGE}:1.0.0`);
  const current = await ship('1.1.0', { expectedResourceVersion: live().metadata.resourceVersion });
  expect(current).toMatchObject({ status: 'completed' });
});

test('deployment S-28: somebody who rolls out something newer ends ours as superseded, not as completed', async () => {
  server.onImage('slow-start', { is: 'ready', afterMs: Number.POSITIVE_INFINITY });
  const { id } = await make('slow-start');
  await look();
  expect(await get(id)).toMatchObject({ status: 'in_progress' });
  server.cluster.edit('deployments', 'agents', name, (draft) => {
    asDeployment(draft).spec.template.spec.containers = [{ name: 'agent', image: `${IMAGE}:foreign` }];
  });
  await server.settled();
  expect(await over(id)).toMatchObject({ status: 'superseded' });
});

test('deployment S-56: of two workers one has it; a silent one is taken over from and writes nothing any more', async () => {
  const { id } = await make('1.0.0');
  const claims = await Promise.all(['one', 'two'].map((worker) => claimDeployments(world.db, worker)));
  const [lost] = claims.flat() as [DeploymentRecord];
  expect(claims.flat()).toHaveLength(1);
  expect(await claimDeployments(world.db, 'two')).toEqual([]);
  await writeUnderLease(world.db, lost);
  await at(nowMs + 91_000);
  const [taken] = await claimDeployments(world.db, 'two');
  expect(taken).toMatchObject({ id, leaseOwner: 'two', leaseVersion: lost.leaseVersion + 1 });
  await expect(writeUnderLease(world.db, lost)).rejects.toThrow('taken over');
  await writeUnderLease(world.db, taken ?? lost);
});

const STOPS = [
  { before: 'it looks at the workload', stop: { verb: 'get', resource: 'deployments' } },
  { before: 'it hears that it was applied', stop: { verb: 'patch', resource: 'deployments' } },
  { before: 'it has seen its pods', stop: { verb: 'list', resource: 'pods' } },
];
test.each(STOPS)(
  'deployment S-58: a worker that stops before $before leaves all to the next',
  async ({ stop }) => {
    const { id } = await make('1.0.0');
    server.requests.clear();
    const leaving = new AbortController();
    const running = runDeployments(tools(), leaving.signal);
    await server.until(() => server.requests.matching(stop).length > 0);
    leaving.abort();
    await running.catch(() => undefined);
    await at(nowMs + 91_000);
    expect(await over(id)).toMatchObject({ status: 'completed' });
    expect(sets()).toHaveLength(1);
    expect(live().metadata.annotations?.[DEPLOYMENT_ID]).toBe(id);
  },
);

test('deployment S-59: a rollout that does not get on fails at its moment, whoever looks and however often', async () => {
  server.onImage('never-ready', { is: 'ready', afterMs: Number.POSITIVE_INFINITY });
  const { id } = await make('never-ready');
  await look();
  const { deadlineAt } = await get(id);
  expect(deadlineAt).toBe(nowMs + 660_000);
  await at(nowMs + 300_000);
  await look('two');
  expect((await get(id)).deadlineAt).toBe(deadlineAt);
  await at(deadlineAt ?? 0);
  await look();
  expect(await get(id)).toMatchObject({ status: 'failed', failure: { code: 'ROLLOUT_TIMEOUT' } });
});

test('deployment S-59: what nobody approves in time fails as such', async () => {
  const waiting = { status: 'awaiting_approval', approvalsNeeded: 1 } as const;
  const { id } = await make('1.0.0', { ...waiting, approvalExpiresAt: new Date(nowMs + 60_000) });
  await look();
  expect(await get(id)).toMatchObject({ status: 'awaiting_approval' });
  await at(nowMs + 60_000);
  await look();
  expect(await get(id)).toMatchObject({ status: 'failed', failure: { code: 'APPROVAL_EXPIRED' } });
});

test('deployment S-60: a cluster that does not answer keeps it in progress, says since when, and it completes after', async () => {
  const { id } = await make('1.0.0');
  const heal = server.chaos.fail('reset', {}, 1000);
  const since = nowMs;
  await look();
  await at(nowMs + 30_000);
  await look();
  expect(await get(id)).toMatchObject({ status: 'in_progress', unreachableSince: since });
  heal();
  expect(await over(id)).toMatchObject({ status: 'completed', unreachableSince: null });
  expect(await codes(id)).toContain('cluster.back');
});

test('deployment S-60, S-59: a cluster that stays away fails it only at the end of its time', async () => {
  const { id } = await make('1.0.0');
  const heal = server.chaos.fail({ status: 503 }, {}, 1000);
  await look();
  await at(nowMs + 659_000);
  await look();
  expect(await get(id)).toMatchObject({ status: 'in_progress' });
  await at(nowMs + 1000);
  await look();
  heal();
  expect(await get(id)).toMatchObject({ status: 'failed', failure: { code: 'APPLY_TIMEOUT' } });
});

test('deployment S-62, S-63: a version that crashes is rolled back by itself, with its last lines, and once', async () => {
  server.onImage('crashes', { is: 'crashing', exitCode: 3, restarts: 3, log: ['no database'] });
  const good = await ship('1.0.0');
  const bad = await ship('crashes', { autoRollback: true });
  expect(bad).toMatchObject({ status: 'failed', failure: { code: 'ROLLOUT_FAILED' } });
  expect(bad.failure?.message).toContain('no database');
  const back = await over(bad.rolledBackBy?.id ?? '');
  expect(back).toMatchObject({
    kind: 'rollback',
    status: 'completed',
    version: '1.0.0',
    autoRollback: false,
  });
  expect(liveImage()).toBe(`${IMAGE}:1.0.0`);
  expect(await get(bad.id)).toMatchObject({ status: 'rolled_back' });
  expect(await get(good.id)).toMatchObject({ status: 'completed' });
  // The template of 1.0.0 is the same again, so its ReplicaSet is.
  expect(sets()).toHaveLength(2);
});

test('deployment S-40, S-42: a rollback goes to a revision of the cluster, to none that it does not know, and writes nothing where it runs', async () => {
  await ship('1.0.0');
  const second = await ship('1.1.0');
  const back = (input: object) => execute(context, actor(), rollBackDeployment, { id: second.id, ...input });
  const unknown = await over((await back({ toRevision: 99 })).id);
  expect(unknown).toMatchObject({ status: 'failed', failure: { code: 'UNKNOWN_REVISION' } });
  server.requests.clear();
  const same = await over((await back({ toRevision: 2 })).id);
  expect(same).toMatchObject({ status: 'completed' });
  expect(server.requests.matching({ verb: 'patch' })).toEqual([]);
  expect(same.events.at(-1)?.message).toContain('runs already');
  const third = await ship('1.2.0');
  const undo = await execute(context, actor(), rollBackDeployment, { id: third.id, toRevision: 1 });
  expect(await over(undo.id)).toMatchObject({ status: 'completed', version: '1.0.0' });
  expect(JSON.stringify(live().spec.template)).not.toContain('pod-template-hash');
});

test('deployment S-43: a paused workload is not rolled back unless it is resumed first', async () => {
  await ship('1.0.0');
  const second = await ship('1.1.0');
  server.cluster.edit('deployments', 'agents', name, (draft) => {
    (draft.spec as { paused?: boolean }).paused = true;
  });
  const back = (input: object = {}) =>
    execute(context, actor(), rollBackDeployment, { id: second.id, ...input });
  const refused = await over((await back()).id);
  expect(refused).toMatchObject({ status: 'failed', failure: { code: 'WORKLOAD_PAUSED' } });
  const done = await over((await back({ resume: true })).id);
  expect(done).toMatchObject({ status: 'completed', version: '1.0.0' });
});

test('deployment S-44: a version returns from what is kept here when the cluster has forgotten it', async () => {
  const first = await ship('1.0.0');
  for (const version of ['1.1.0', '1.2.0']) await ship(version);
  for (const set of sets())
    if (JSON.stringify(set).includes(`${IMAGE}:1.0.0`))
      server.cluster.remove('replicasets', 'agents', set.metadata.name);
  await server.settled();
  const last = await ship('1.3.0');
  const undo = { id: last.id, toDeploymentId: first.id };
  const { id } = await execute(context, actor(), rollBackDeployment, undo);
  const back = await over(id);
  expect(back).toMatchObject({ status: 'completed', version: '1.0.0' });
  expect(liveImage()).toBe(`${IMAGE}:1.0.0`);
  expect(back.events.find(({ code }) => code === 'patched')?.message).toContain('Not rolled back');
});

test('deployment S-23: while a rollout is paused its deadline stands still', async () => {
  server.onImage('unhurried', { is: 'ready', afterMs: Number.POSITIVE_INFINITY });
  const { id } = await make('unhurried');
  await look();
  const { deadlineAt } = await get(id);
  await execute(context, actor(), pauseDeployment, { id });
  await look();
  expect(await get(id)).toMatchObject({ status: 'in_progress', isPaused: true });
  expect((live().spec as { paused?: boolean }).paused).toBe(true);
  await at(nowMs + 3_600_000);
  await look();
  expect(await get(id)).toMatchObject({ status: 'in_progress', isPaused: true });
  await execute(context, actor(), resumeDeployment, { id });
  await look();
  expect(await get(id)).toMatchObject({ isPaused: false, deadlineAt: (deadlineAt ?? 0) + 3_600_000 });
});

test('deployment S-61: cancelling with a pause leaves the rollout paused in the cluster', async () => {
  server.onImage('halfway', { is: 'ready', afterMs: Number.POSITIVE_INFINITY });
  const { id } = await make('halfway');
  await look();
  await execute(context, actor(), cancelDeployment, { id, mode: 'pause_rollout' });
  expect(await over(id)).toMatchObject({ status: 'cancelled', isPaused: false });
  expect((live().spec as { paused?: boolean }).paused).toBe(true);
});

test('deployment S-55: what waits goes on in its turn, also where nobody saw it wait when the one before ended', async () => {
  const ids = [await make('1.0.0', { isQueued: true }), await make('1.1.0', { isQueued: true })].map(
    ({ id }) => id,
  );
  for (const id of ids) expect(await over(id)).toMatchObject({ status: 'completed', isQueued: false });
  expect(liveImage()).toBe(`${IMAGE}:1.1.0`);
});

test('security Z13: what somebody asked for who may not any more is not carried out', async () => {
  const { id } = await make('1.0.0');
  await world.db.delete(memberships).where(eq(memberships.userId, anna));
  expect(await over(id)).toMatchObject({ status: 'failed', failure: { code: 'NO_LONGER_ALLOWED' } });
  expect(server.cluster.get('deployments', 'agents', name)).toBeNull();
});

test('a freeze holds what was not begun and lets rollbacks pass (deployment S-46)', async () => {
  const good = await ship('1.0.0');
  const next = await ship('1.1.0');
  const admin = userActor(teamId, 'admin');
  const freeze = { name: 'Holidays', startsAt: nowMs - 1, endsAt: nowMs + 90_000 };
  await execute(context, admin, createFreezeWindow, freeze);
  const back = await execute(context, actor(), rollBackDeployment, { id: next.id });
  expect(await over(back.id)).toMatchObject({ status: 'completed', version: good.version });
  const { id } = await make('1.2.0');
  await look();
  await look();
  expect((await codes(id)).filter((code) => code === 'frozen')).toHaveLength(1);
  expect(await get(id)).toMatchObject({ status: 'pending' });
  await at(nowMs + 90_000);
  expect(await over(id)).toMatchObject({ status: 'completed', failure: null });
});

test('what is wrong for good is said at once: a container that is not there, a cluster that is gone', async () => {
  foreign('other');
  expect(await ship('1.0.0')).toMatchObject({ status: 'failed', failure: { code: 'UNKNOWN_CONTAINER' } });
  const gone = await make('1.0.0', { clusterId: uuidv7() });
  expect(await over(gone.id)).toMatchObject({ status: 'failed', failure: { code: 'CLUSTER_GONE' } });
});

/** Waits until a watch of pods has listed them. */
async function watchPods(): Promise<Watch> {
  const listed = Promise.withResolvers<void>();
  const place = { kind: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' }, namespace: 'agents' };
  const nothing = { onChange: () => {}, onDelete: () => {}, onStale: () => {} };
  const watch = cluster.watch(place, {}, { onList: () => listed.resolve(), ...nothing });
  await listed.promise;
  return watch;
}

test('deployment S-101: deployments, their leases, requests to clusters and watches are counted', async () => {
  registry.resetMetrics();
  await ship('1.0.0');
  const next = await ship('1.1.0');
  const back = await execute(context, actor(), rollBackDeployment, { id: next.id });
  await over(back.id);
  const { id } = await make('1.2.0');
  await at(nowMs + 1000);
  const [claimed] = await claimDeployments(world.db, 'one');
  expect(claimed?.id).toBe(id);
  expect(await oldestLeaseSeconds(world.db)).toBeCloseTo(0, 0);
  await at(nowMs + 40_000);
  metrics.leaseAge(await oldestLeaseSeconds(world.db));
  const watch = await watchPods();
  aheadMs = 30_000;
  const text = await registry.metrics();
  watch.stop();
  aheadMs = 0;
  expect(text).toContain('pitwall_deployments_total{status="completed"} 3');
  expect(text).toContain('pitwall_deployments_total{status="in_progress"} 3');
  expect(text).toContain('pitwall_deployments_total{status="rolled_back"} 1');
  expect(text).toContain('pitwall_rollout_duration_seconds_count{status="completed"} 3');
  expect(text).toMatch(/pitwall_deployment_lease_age_seconds 40(\.\d+)?\n/);
  expect(text).toMatch(/pitwall_informer_last_event_age_seconds\{kind="Pod"\} (29|3\d)/);
  expect(text).toContain('pitwall_k8s_api_requests_total{code="200",verb="patch"}');
  expect(await registry.metrics()).not.toContain('{kind="Pod"}');
  expect(await oldestLeaseSeconds(world.db)).toBe(40);
});

test('deployment S-101: no label names an object, a version, a commit or whoever asked', async () => {
  registry.resetMetrics();
  const { id } = await ship('1.0.0', { sha: null });
  const known = [id, teamId, clusterId, name, anna, 'agents', 'prod-eu', '1.0.0'];
  const watch = await watchPods();
  const text = await registry.metrics();
  watch.stop();
  const values = [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => `${label}=${value}`);
  const isKnown = /^(le=(\d+|\+Inf)|status=[a-z_]+|code=(\d{3}|[a-z_]+)|verb=[a-z]+|kind=Pod)$/;
  expect(values.length).toBeGreaterThan(20);
  expect(values.filter((value) => !isKnown.test(value))).toEqual([]);
  expect(known.filter((each) => text.includes(`"${each}"`))).toEqual([]);
});
