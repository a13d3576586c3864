import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { agents } from '#db/schema/agents.ts';
import { clusterAgents } from '#db/schema/cluster-agents.ts';
import { checkHealth } from '#lib/agents/check-health.ts';
import { getAgent } from '#lib/agents/queries.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { releaseAgent, setAutoAdoption } from '#lib/clusters/found/manage.ts';
import { listClusterAgents, listWatches } from '#lib/clusters/found/queries.ts';
import { connectCluster } from '#lib/clusters/manage.ts';
import { createOpenClusters, type OpenClusters } from '#lib/clusters/open-clusters.ts';
import { createClusterWatches } from '#lib/clusters/watches/cluster-watches.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { deploymentStart } from '#lib/deployments/deployment-start.ts';
import { requireWorkload } from '#lib/deployments/workload/find-workload.ts';
import { createLog } from '#lib/kernel/log.ts';
import type { ClusterAgent } from '#lib/model/cluster-agent.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import { openKubernetes } from '#lib/ports/cluster/kubernetes/kubernetes-cluster.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { optionsOf } from '#lib/testing/kubernetes-cluster.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { customKind } from '#tests/kubernetes/custom-kind.ts';
import { sampleDeployment } from '#tests/kubernetes/sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { adoptAgent } from './adopt-agent.ts';
import { adoptFound } from './adopt-found.ts';

const NAMESPACES = ['agents', 'other'];
/** Pods, Deployments, StatefulSets and Agents of kagent, each in two namespaces. */
const PLACES = 8;
const soon = () => AbortSignal.timeout(20_000);
const agentKind = (versions: readonly string[]) =>
  customKind({ group: 'kagent.dev', kind: 'Agent', plural: 'agents', versions });

let world: World;
let server: KubernetesServer;
let context: ReturnType<typeof commandContext>;
let teamId: string;
let clusterId: string;
let told: TeamEvent[];
let aheadMs = 0;
let isOn = true;
const opened: OpenClusters[] = [];
const running: ReturnType<typeof createClusterWatches>[] = [];

beforeAll(async () => {
  [world, server] = await Promise.all([createWorld(), startKubernetes({ namespaces: NAMESPACES })]);
  server.cluster.create(agentKind(['v1alpha2']));
  context = commandContext(world, { features: everyFeature });
});
beforeEach(async () => {
  [told, aheadMs, isOn] = [[], 0, true];
  await world.sql`update clusters set watch_lease_until = null, watch_owner = null`;
  await world.sql`delete from clusters`;
  teamId = (await makeTeam(world)).id;
  const input = { name: 'production', namespaces: NAMESPACES, form: 'token' };
  const access = { server: server.url, ca: server.ca, token: server.token };
  clusterId = (await execute(context, admin(), connectCluster, { ...input, ...access })).id;
  server.requests.clear();
});
afterEach(async () => {
  for (const watches of running.splice(0)) await watches.stop();
  for (const clusters of opened.splice(0)) await clusters.close();
  for (const namespace of NAMESPACES)
    for (const plural of ['agents', 'deployments', 'statefulsets'])
      for (const { metadata } of server.cluster.list(plural, namespace))
        server.cluster.remove(plural, namespace, metadata.name);
  await server.settled();
});
afterAll(async () => {
  await server.close();
  await world.close();
});

const admin = () => userActor(teamId, 'admin');

/** The watches of one worker. */
function worker(name: string) {
  const clusters = createOpenClusters({
    ...{ db: world.db, sealer: context.deps.sealer },
    open: (access) => openKubernetes(optionsOf(server, { access })),
  });
  opened.push(clusters);
  const watches = createClusterWatches({
    ...{ db: world.db, clusters, worker: name, log: createLog('test', 'silent') },
    clock: { now: () => Date.now() + aheadMs },
    isOn: () => isOn,
    tell: (_teamId, event) => told.push(event),
  });
  running.push(watches);
  return watches;
}

const list = async (more: object = {}) => (await ask(context, admin(), listClusterAgents, more)).items;

async function one(more: object = {}): Promise<ClusterAgent> {
  const [found] = await list(more);
  if (!found) throw new Error('nothing was found');
  return found;
}

async function watched() {
  const [cluster] = (await ask(context, admin(), listWatches, {})).items;
  if (!cluster) throw new Error('there is no cluster');
  return cluster;
}

/** Lets a worker go on until what is read is as it should be. */
function eventually<T>(watches: ReturnType<typeof worker>, read: () => Promise<T>) {
  return expect.poll(
    async () => {
      await watches.refresh(soon());
      return read();
    },
    { timeout: 20_000, interval: 10 },
  );
}

async function isWatching(watches: ReturnType<typeof worker>) {
  await eventually(watches, async () => (await watched()).staleSince).toBeNull();
  await server.until(() => server.watches() === PLACES);
}

/** Moves the database's clock of leases and deadlines. */
const travel = (seconds: number) =>
  world.ownerSql.unsafe(
    `create or replace function alert_now() returns timestamptz language sql stable
     as $$ select now() + interval '${seconds} seconds' $$`,
  );

/** A Deployment that says that it is an agent. */
function deploy(
  name: string,
  { namespace = 'agents', image = 'registry.test/planner:1.0', labels = {} } = {},
) {
  const made = sampleDeployment(name, image, { namespace, replicas: 1 });
  made.metadata.labels = { 'pitwall.dev/agent': 'true', ...labels };
  return server.cluster.create(made);
}

const ledger = async () => JSON.stringify(await listAuditRows(world.db, teamId, 100));

test('deployment S-84: two workers and however many readers share one watch of each kind in each namespace', async () => {
  deploy('planner');
  const [first, second] = [worker('first'), worker('second')];
  await Promise.all([first.refresh(soon()), second.refresh(soon())]);
  const holder = (await first.refresh(soon())) === 1 ? first : second;
  await isWatching(holder);
  await Promise.all(Array.from({ length: 50 }, () => list()));
  await Promise.all([first.refresh(soon()), second.refresh(soon())]);
  expect(await list()).toHaveLength(1);
  expect(server.watches()).toBe(PLACES);
  expect(server.requests.matching({ verb: 'watch' })).toHaveLength(PLACES);
  expect(server.requests.matching({ verb: 'list' })).toHaveLength(PLACES);
  expect(told).toContainEqual(expect.objectContaining({ type: 'cluster.changed', clusterId }));
});

test('an agent of kagent and its Deployment are found once, with version, owner and what can be done', async () => {
  const agent = server.cluster.create({
    apiVersion: 'kagent.dev/v1alpha2',
    kind: 'Agent',
    metadata: { name: 'planner', namespace: 'agents', annotations: { 'pitwall.dev/display-name': 'Pl\0an' } },
    spec: { type: 'Declarative' },
  });
  const owned = sampleDeployment('planner', 'registry.test/kagent:1.0', { namespace: 'agents', replicas: 1 });
  const { name, uid = '' } = agent.metadata;
  owned.metadata.ownerReferences = [
    { apiVersion: 'kagent.dev/v1alpha2', kind: 'Agent', name, uid, controller: true },
  ];
  server.cluster.create(owned);
  const watches = worker('a');
  await eventually(watches, async () => (await list())[0]?.readyReplicas).toBe(1);
  const [found, ...more] = await list();
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    ...{ kind: 'Agent', group: 'kagent.dev', namespace: 'agents', displayName: 'Plan', presence: 'present' },
    workload: { kind: 'Deployment', name: 'planner' },
    ...{ managedBy: { tool: 'kagent' }, versionFrom: 'digest', agent: null, incarnation: 1 },
    capabilities: { deployable: false, scalable: 'source', logs: true },
  });
});

test('deployment S-79: what is read says since when it may be out of date, and no longer when it is current', async () => {
  deploy('planner');
  const watches = worker('a');
  await isWatching(watches);
  expect(await one()).toMatchObject({ staleSince: null });
  const heal = server.chaos.fail({ status: 500 }, { resource: 'deployments' }, 100_000);
  server.chaos.resetWatches('deployments');
  await eventually(watches, async () => (await one()).staleSince).toEqual(expect.any(Number));
  expect((await watched()).watches.filter(({ staleSince }) => staleSince !== null)).toHaveLength(2);
  heal();
  await eventually(watches, async () => (await one()).staleSince).toBeNull();
  // Nobody watches any more: that is known too, and for how long.
  await watches.stop();
  expect(await one()).toMatchObject({ staleSince: expect.any(Number), presence: 'present' });
  expect(await watched()).toMatchObject({ isWatched: false });
  await isWatching(worker('b'));
  expect(await one()).toMatchObject({ staleSince: null });
});

test('a worker that died is followed by another when its lease is over', async () => {
  const [dead, next] = [worker('dead'), worker('next')];
  await isWatching(dead);
  expect(await next.refresh(soon())).toBe(0);
  await travel(31);
  expect(await watched()).toMatchObject({ isWatched: false, staleSince: expect.any(Number) });
  expect(await next.refresh(soon())).toBe(1);
  await eventually(next, async () => (await watched()).staleSince).toBeNull();
  await travel(0);
});

test('a kind that may not be seen is named with the missing verb, and the others go on', async () => {
  const rule = (verbs: string[], resources: string[]) => ({ verbs, groups: ['', 'apps'], resources });
  const allowed = rule(['list', 'watch'], ['pods', 'deployments']);
  server.addUser('narrow', 'narrow', [allowed, rule(['list'], ['statefulsets'])]);
  await world.sql`delete from clusters`;
  const access = { server: server.url, ca: server.ca, token: 'narrow' };
  const input = { name: 'production', namespaces: ['agents'], form: 'token', ...access };
  clusterId = (await execute(context, admin(), connectCluster, input)).id;
  deploy('planner');
  const watches = worker('a');
  const refused = async () =>
    (await watched()).watches
      .filter(({ problem }) => problem !== null)
      .map(({ group, kind, missingVerbs }) => `${group} ${kind}: ${missingVerbs}`)
      .sort();
  await eventually(watches, refused).toEqual(['apps StatefulSet: watch', 'kagent.dev Agent: list,watch']);
  expect(await one()).toMatchObject({ name: 'planner', staleSince: null });
  expect(await watched()).toMatchObject({ isWatched: true, staleSince: null });
  server.addUser('narrow', 'narrow', [allowed, { verbs: ['*'], groups: ['*'], resources: ['*'] }]);
  await eventually(watches, refused).toEqual([]);
});

test('a kind is watched at the version that the cluster prefers, and one that goes disables only itself', async () => {
  const watches = worker('a');
  await isWatching(watches);
  const versions = async () =>
    new Set(
      (await watched()).watches.filter(({ kind }) => kind === 'Agent').map(({ apiVersion }) => apiVersion),
    );
  expect(await versions()).toEqual(new Set(['kagent.dev/v1alpha2']));
  server.cluster.remove('customresourcedefinitions', null, 'agents.kagent.dev');
  server.cluster.create(agentKind(['v1alpha3', 'v1alpha2']));
  server.requests.clear();
  await watches.refresh(soon());
  expect(server.requests.matching({ verb: 'get' })).toEqual([]);
  aheadMs = 10 * 60_000;
  await eventually(watches, versions).toEqual(new Set(['kagent.dev/v1alpha3']));
  await eventually(watches, async () => (await watched()).staleSince).toBeNull();
});

test('what vanished is missing for five minutes and then archived, all in one go, and is the same when it returns', async () => {
  deploy('planner');
  deploy('writer');
  const watches = worker('a');
  await eventually(watches, async () => (await list()).length).toBe(2);
  const { id } = await execute(context, admin(), adoptAgent, { id: (await one()).id });
  for (const name of ['planner', 'writer']) server.cluster.remove('deployments', 'agents', name);
  const presences = async () => (await list()).map(({ presence }) => presence);
  await eventually(watches, presences).toEqual(['missing', 'missing']);
  await travel(299);
  await watches.refresh(soon());
  expect(await presences()).toEqual(['missing', 'missing']);
  await travel(301);
  told.length = 0;
  await watches.refresh(soon());
  expect(await list()).toEqual([]);
  expect(await list({ isArchived: 'true' })).toHaveLength(2);
  expect(told.filter(({ type }) => type === 'cluster.changed')).toHaveLength(1);
  const [{ name } = { name: '' }] = (await list({ isArchived: true })).filter((each) => each.id === id);
  deploy(name);
  await eventually(watches, async () => (await list()).length).toBe(1);
  expect(await one()).toMatchObject({ id, incarnation: 2, agent: { name }, archivedAt: null });
  await travel(0);
});

test('what cannot be seen is not gone, also for the worker that takes over', async () => {
  deploy('planner');
  const watches = worker('a');
  await isWatching(watches);
  const heal = server.chaos.fail('reset', { resource: 'deployments' }, 100_000);
  server.chaos.resetWatches('deployments');
  server.cluster.remove('deployments', 'agents', 'planner');
  await eventually(watches, async () => (await one()).staleSince).toEqual(expect.any(Number));
  await watches.stop();
  const next = worker('b');
  told.length = 0;
  // It has written down all that it heard, and that this it cannot read.
  await eventually(next, async () => told.length).toBeGreaterThan(0);
  expect(await one()).toMatchObject({ presence: 'present', staleSince: expect.any(Number) });
  heal();
  await eventually(next, async () => (await one()).presence).toBe('missing');
});

test('deployment S-79, S-80: after resets, a frozen API and a storm of 410 all is as it is there, on as many sockets', async () => {
  deploy('planner');
  const watches = worker('a');
  await isWatching(watches);
  const before = server.connections.open;
  for (let turn = 0; turn < 10; turn += 1) {
    server.chaos.resetWatches();
    deploy(`reset-${turn}`);
    await server.until(() => server.watches() === PLACES);
  }
  server.chaos.freeze();
  server.cluster.remove('deployments', 'agents', 'reset-0');
  deploy('frozen');
  server.chaos.thaw();
  for (let turn = 0; turn < 10; turn += 1) {
    server.chaos.expireWatches();
    deploy(`storm-${turn}`);
    await server.until(() => server.watches() > 0);
  }
  const there = server.cluster.list('deployments', 'agents').map(({ metadata }) => metadata.name);
  const present = async () => {
    const found = (await list()).filter(({ presence }) => presence === 'present');
    return found.map(({ name }) => name).sort();
  };
  await eventually(watches, present).toEqual(there.sort());
  await isWatching(watches);
  await expect.poll(() => server.connections.open).toBeLessThanOrEqual(before + 2);
});

test('an agent that is adopted is the one that its telemetry names, or a new one, and the ledger says so', async () => {
  const known = await makeAgent(world, teamId, { name: 'planner' });
  deploy('planner');
  deploy('writer', { namespace: 'other' });
  const watches = worker('a');
  await eventually(watches, async () => (await list()).length).toBe(2);
  const byName = async (name: string) => {
    const found = (await list()).find((each) => each.name === name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const planner = await byName('planner');
  expect(planner).toMatchObject({ agent: null, matches: [{ id: known.id }] });
  const developer = userActor(teamId, 'developer');
  const adopted = await execute(context, developer, adoptAgent, { id: planner.id });
  expect(adopted).toEqual({ id: planner.id, agentId: known.id, isNew: false });
  const made = await execute(context, developer, adoptAgent, { id: (await byName('writer')).id });
  expect(made.isNew).toBe(true);
  const [row] = await world.db.select().from(agents).where(eq(agents.id, made.agentId));
  expect(row).toMatchObject({
    ...{ name: 'writer', source: 'discovered', kubernetesNamespace: 'other', status: 'stopped' },
    kubernetesDeployment: 'writer',
  });
  expect((await list({ isClaimed: 'false' })).length).toBe(0);
  // Who looks at it or deploys it need not say where it runs.
  expect(await requireWorkload(world.db, teamId, made.agentId)).toEqual({
    address: { teamId, clusterId, namespace: 'other', name: 'writer' },
    ...{ clusterName: 'production', deployment: null },
  });
  const { last } = await ask(context, developer, deploymentStart, { agentId: made.agentId });
  expect(last).toEqual({
    ...{ clusterId, namespace: 'other', workload: 'writer', container: 'main' },
    ...{ image: 'registry.test/planner', version: '1.0', repositoryId: null, status: null },
  });
  expect(await one({ agentId: known.id })).toMatchObject({ id: planner.id, agent: { name: 'planner' } });
  expect(await ledger()).toContain('cluster-agent.adopt');
  await execute(context, developer, releaseAgent, { id: planner.id });
  expect(await byName('planner')).toMatchObject({ agent: null });
  await expect(execute(context, developer, releaseAgent, { id: planner.id })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('an adopted agent whose pods are ready is not called stopped, and has the version that its cluster says', async () => {
  deploy('writer');
  const watches = worker('a');
  await eventually(watches, async () => (await list())[0]?.readyReplicas).toBe(1);
  const { agentId } = await execute(context, admin(), adoptAgent, { id: (await one()).id });
  const check = async () => {
    await world.db.update(agents).set({ lastHealthCheckAt: null }).where(eq(agents.id, agentId));
    const tools = {
      ...{ db: world.db, runRates: async () => new Map(), onChanged: () => {} },
      probe: () => Promise.reject(new Error('it has no health URL')),
      defaults: { healthIntervalMs: 30_000, healthTimeoutMs: 300_000 },
    };
    await checkHealth(tools, soon());
    return ask(context, admin(), getAgent, { id: agentId });
  };
  expect(await check()).toMatchObject({
    ...{ status: 'running', version: '1.0' },
    statusReason: 'writer runs in its cluster and has not sent telemetry yet.',
  });
  // What somebody stopped stays so, whatever pods are there.
  await world.db.update(agents).set({ status: 'stopped', statusSince: new Date() });
  expect(await check()).toMatchObject({ status: 'stopped' });
});

test('where several agents may be meant, whoever adopts says which', async () => {
  await makeAgent(world, teamId, { name: 'planner' });
  const meant = await makeAgent(world, teamId, { name: 'planner', environment: 'production' });
  deploy('planner');
  const watches = worker('a');
  await eventually(watches, async () => (await list()).length).toBe(1);
  const { id } = await one();
  await expect(execute(context, admin(), adoptAgent, { id })).rejects.toMatchObject({ code: 'conflict' });
  const adopted = await execute(context, admin(), adoptAgent, { id, agentId: meant.id });
  expect(adopted).toMatchObject({ agentId: meant.id, isNew: false });
});

test('in namespaces that somebody chose, what is found is adopted by the worker, and the ledger says so', async () => {
  await makeAgent(world, teamId, { name: 'twice' });
  await makeAgent(world, teamId, { name: 'twice', environment: 'production' });
  deploy('planner');
  deploy('twice');
  deploy('writer', { namespace: 'other' });
  const watches = worker('a');
  await eventually(watches, async () => (await list()).length).toBe(3);
  const wrong = { id: clusterId, namespaces: ['kube-system'] };
  await expect(execute(context, admin(), setAutoAdoption, wrong)).rejects.toMatchObject({ code: 'invalid' });
  await execute(context, admin(), setAutoAdoption, { id: clusterId, namespaces: ['agents'] });
  const tools = { db: world.db, agentLimits: { perTeam: 2000 }, tell: () => undefined };
  expect(await adoptFound(tools)).toBe(1);
  expect((await list({ isClaimed: true })).map(({ name }) => name)).toEqual(['planner']);
  expect(await ledger()).toMatch(/"worker"/);
  // What somebody let go is not taken back.
  await execute(context, admin(), releaseAgent, { id: (await one({ isClaimed: true })).id });
  expect(await adoptFound(tools)).toBe(0);
});

test('security Z4, U4: agents found in the clusters of another team are not there, to see or to adopt', async () => {
  deploy('planner');
  const watches = worker('a');
  await eventually(watches, async () => (await list()).length).toBe(1);
  const { id } = await one();
  const other = userActor((await makeTeam(world)).id, 'admin');
  expect((await ask(context, other, listClusterAgents, { clusterId })).items).toEqual([]);
  expect((await ask(context, other, listWatches, {})).items).toEqual([]);
  for (const verb of [adoptAgent, releaseAgent])
    await expect(execute(context, other, verb, { id })).rejects.toMatchObject({ code: 'not_found' });
  const foreign = await makeAgent(world, other.teamId);
  const viewer = userActor(teamId, 'viewer');
  await expect(execute(context, viewer, adoptAgent, { id })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(execute(context, admin(), adoptAgent, { id, agentId: foreign.id })).rejects.toMatchObject({
    code: 'not_found',
  });
  const [row] = await world.db.select().from(clusterAgents).where(eq(clusterAgents.id, id));
  expect(row?.agentId).toBeNull();
});

test('while the feature is off nothing is watched', async () => {
  const watches = worker('a');
  await isWatching(watches);
  isOn = false;
  expect(await watches.refresh(soon())).toBe(0);
  await server.until(() => server.watches() === 0);
  expect(await watched()).toMatchObject({ isWatched: false });
});
