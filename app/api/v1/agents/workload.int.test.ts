import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { clusters } from '#db/schema/clusters.ts';
import { redactionRules } from '#db/schema/content.ts';
import type { KeyScope } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { webContext } from '#lib/compose/web.ts';
import { createTeamRedactors } from '#lib/content/redaction/team-redactor.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { createLog } from '#lib/kernel/log.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { answerAboutWorkloads } from '#lib/pipeline/operate/answer-about-workloads.ts';
import type { Cluster } from '#lib/ports/cluster/port.ts';
import { answerQuestions } from '#lib/ports/event-bus/answer-questions.ts';
import { createWorkers } from '#lib/ports/event-bus/ask-workers.ts';
import { createEmbeddedBus } from '#lib/ports/event-bus/embedded.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { makeDeployment } from '#lib/testing/deployments.ts';
import { makeAgent, makeApiKey, makeTeam } from '#lib/testing/factories.ts';
import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { createWebWorld, type WebWorld } from '#lib/testing/web-world.ts';
import type { Handler } from '#lib/web/route.ts';
import { asDeployment, sampleDeployment } from '#tests/kubernetes/sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';

const IMAGE = 'registry.example.test/agent';
const log = createLog('test', 'silent');

let world: WebWorld;
let server: KubernetesServer;
let cluster: Cluster;
let bus: EventBus;
let worker: Awaited<ReturnType<typeof startWorker>> | null = null;
let routes: Record<'read' | 'logs' | 'restart' | 'scale' | 'pause' | 'resume' | 'autoscaler', Handler>;
let teamId: string;
let agentId: string;
let key: string;
let name: string;
beforeAll(async () => {
  world = await createWebWorld({ FEATURE_DEPLOYMENT_AUTOMATION: 'true' });
  server = await startKubernetes({ namespaces: ['agents'] });
  cluster = await openCluster(server);
  bus = createEmbeddedBus({ databaseUrl: world.appUrl, secret: world.masterKey, log });
  const below = './[id]/workload';
  routes = {
    read: (await import(`${below}/route.ts`)).GET,
    logs: (await import(`${below}/logs/route.ts`)).GET,
    restart: (await import(`${below}/restart/route.ts`)).POST,
    scale: (await import(`${below}/scale/route.ts`)).POST,
    pause: (await import(`${below}/pause/route.ts`)).POST,
    resume: (await import(`${below}/resume/route.ts`)).POST,
    autoscaler: (await import(`${below}/autoscaler/route.ts`)).POST,
  };
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  agentId = (await makeAgent(world, teamId)).id;
  key = await keyWith(['read', 'write']);
  name = `agent-${uuidv7().slice(-12)}`;
  const clusterId = uuidv7();
  await world.db
    .insert(clusters)
    .values({ id: clusterId, teamId, name: 'prod-eu', namespaces: ['agents'], accessFrom: 'in-cluster' });
  await makeDeployment(world, teamId, {
    ...{ agentId, clusterId, workloadName: name, container: 'main', image: IMAGE },
    ...{ status: 'completed', startedAt: new Date(), finishedAt: new Date() },
  });
  worker = await startWorker();
  server.requests.clear();
});
afterEach(async () => {
  await worker?.stop();
  worker = null;
});
afterAll(async () => {
  await bus.close();
  await cluster.close();
  await server.close();
  await world.close();
});

const keyWith = async (scopes: KeyScope[]) => (await makeApiKey(world, teamId, scopes)).key;

/** A worker as far as it answers questions about workloads. */
async function startWorker() {
  const redactorOf = createTeamRedactors(world.db);
  const source = { get: async () => cluster };
  const workloads = answerAboutWorkloads({ clusters: source, redactorOf, clock: systemClock });
  const answering = answerQuestions(bus, workloads.answerers, log);
  await answering.ready;
  return {
    async stop() {
      workloads.close();
      await answering.stop();
    },
  };
}

async function call(what: keyof typeof routes, given: Record<string, string> | object = {}, own = key) {
  const isRead = what === 'read' || what === 'logs';
  const search = isRead ? `?${new URLSearchParams(given as Record<string, string>)}` : '';
  const request = new Request(`http://localhost:3000/api/v1/agents/${agentId}/workload${search}`, {
    method: isRead ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json' },
    body: isRead ? null : JSON.stringify(given),
  });
  const response = await routes[what](request, { params: Promise.resolve({ id: agentId }) });
  return { status: response.status, json: await response.json() };
}

async function run(image = `${IMAGE}:1.0.0`, replicas = 2, more: object = {}): Promise<void> {
  server.cluster.create(
    { ...sampleDeployment(name, image, { namespace: 'agents', replicas }), ...more },
    'kubectl',
  );
  await server.settled();
}
const live = () => asDeployment(server.cluster.get('deployments', 'agents', name));
const podNames = async (): Promise<string[]> =>
  (await call('read')).json.pods.map((pod: { name: string }) => pod.name);
const cpu = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};
function autoscale(status: object, metrics: object[] = [cpu]) {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
  server.cluster.create({
    ...{
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace: 'agents' },
    },
    spec: { minReplicas: 2, maxReplicas: 10, scaleTargetRef, metrics },
    status,
  });
}
const ledger = async () =>
  (await listAuditRows(world.db, teamId, 20)).map(({ action, details }) => ({ action, ...details }));

test('deployment S-38, S-73: a workload is told with its pods, their reasons in words, its events and what may be done', async () => {
  server.onImage(`${IMAGE}:broken`, { is: 'waiting', reason: 'ErrImagePull', message: 'no such image' });
  await run(`${IMAGE}:broken`, 1);
  const { status, json } = await call('read');
  expect([status, json.health, json.cluster.name]).toEqual([200, 'unavailable', 'prod-eu']);
  expect(json.pods).toMatchObject([
    {
      ...{ state: 'failing', isCurrent: true, restarts: 0, node: 'node-1' },
      says: `Container main cannot get its image ${IMAGE}:broken (ErrImagePull): no such image.`,
    },
  ]);
  expect(json.events).toMatchObject([
    { isWarning: true, reason: 'Failed', count: 1 },
    { isWarning: false, reason: 'ScalingReplicaSet' },
  ]);
  expect(json.can).toMatchObject({
    restart: { allowed: true },
    scale: { allowed: true },
    resume: { allowed: false, reason: 'It is not paused.' },
    setAutoscaler: { allowed: false, reason: 'Nothing scales it by itself.' },
  });
  const reader = await call('read', {}, await keyWith(['read']));
  expect(reader.json.can.restart.reason).toContain('“Restart, scale and pause workloads');
  expect((await call('restart', {}, await keyWith(['read']))).status).toBe(403);
  // Many who look at one page cost one reading.
  server.requests.clear();
  await Promise.all([call('read'), call('read'), call('read')]);
  expect(server.requests.matching({ resource: 'pods', verb: 'list' }).length).toBeLessThanOrEqual(1);
});

test('without a worker and with a cluster that hangs it is said that the cluster is unreachable', async () => {
  await run();
  const { deps, bus: own } = await webContext();
  const patient = deps.workers;
  deps.workers = createWorkers(own, 400);
  server.chaos.freeze();
  const frozen = await call('scale', { replicas: 3 });
  server.chaos.thaw();
  expect(frozen).toMatchObject({ status: 200, json: { isCertain: false } });
  expect(frozen.json.says).toContain('Cluster unreachable. The cluster did not answer within 1 s.');
  expect((await ledger())[0]).toMatchObject({
    action: 'workload.scale',
    after: { asked: '{"act":"scale","replicas":3}', workload: name },
  });
  await worker?.stop();
  worker = null;
  const [read, act] = await Promise.all([call('read'), call('restart')]);
  expect([read.status, act.status]).toEqual([503, 503]);
  expect(read.json.detail).toBe('Cluster unreachable. No worker answered within 1 s.');
  expect(await ledger()).toHaveLength(1);
  deps.workers = patient;
});

test('deployment S-09, S-48: a restart replaces the pods by a patch of the template, and is refused while it is paused', async () => {
  await run();
  const before = await podNames();
  expect(await call('restart')).toMatchObject({ status: 200, json: { isCertain: true } });
  await server.settled();
  expect(live().spec.template.metadata?.annotations).toHaveProperty(['kubectl.kubernetes.io/restartedAt']);
  const after = await podNames();
  expect(after.filter((pod) => before.includes(pod))).toEqual([]);
  expect((await call('pause')).json.says).toContain('paused');
  expect(await call('pause')).toMatchObject({ status: 409, json: { detail: 'It is paused already.' } });
  expect(await call('restart')).toMatchObject({
    status: 409,
    json: { detail: 'It is paused: resume it first, then restart it.' },
  });
  expect((await call('resume')).status).toBe(200);
  expect(live().spec.paused).toBeUndefined();
  expect(Object.keys(server.requests.byVerb()).sort()).toEqual(['create', 'get', 'list', 'patch']);
  expect(
    server.requests.matching({ verb: 'create' }).every(({ plural }) => plural === 'selfsubjectaccessreviews'),
  ).toBe(true);
  expect((await ledger()).map(({ action }) => action)).toEqual([
    'workload.resume',
    'workload.pause',
    'workload.restart',
  ]);
});

test('deployment S-49: it is scaled by its scale, and where an autoscaler keeps it only to nothing, with its limits told', async () => {
  await run();
  expect(await call('scale', { replicas: 3 })).toMatchObject({ status: 200 });
  expect(live().spec.replicas).toBe(3);
  expect(server.requests.matching({ verb: 'patch' }).map(({ subresource }) => subresource)).toEqual([
    'scale',
  ]);
  expect((await ledger())[0]).toMatchObject({ before: { replicas: 2 }, after: { replicas: 3 } });
  autoscale({});
  expect(await call('scale', { replicas: 5 })).toMatchObject({
    status: 409,
    json: { detail: expect.stringContaining('keeps it between 2 and 10 pods') },
  });
  expect(live().spec.replicas).toBe(3);
  expect((await call('scale', { replicas: 0 })).status).toBe(200);
  expect((await call('scale', { replicas: 4 })).status).toBe(200);
  expect(live().spec.replicas).toBe(4);
});

test('deployment S-50: an autoscaler is shown with its measures, one that is unknown with the reason, and is edited', async () => {
  await run();
  const queue = {
    type: 'External',
    external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } },
  };
  const message = 'the HPA was unable to compute the replica count: no metrics returned';
  autoscale(
    {
      ...{ currentReplicas: 2, desiredReplicas: 2 },
      currentMetrics: [
        { type: '' },
        { ...queue, external: { metric: { name: 'queue' }, current: { averageValue: '12' } } },
      ],
      conditions: [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', message }],
    },
    [cpu, queue],
  );
  const [shown] = (await call('read')).json.autoscalers;
  expect(shown).toMatchObject({
    minReplicas: 2,
    maxReplicas: 10,
    trouble: `FailedGetResourceMetric: ${message}`,
  });
  expect(shown.metrics).toMatchObject([
    {
      says: 'cpu of what pods ask for',
      target: '80',
      unit: 'percent',
      current: null,
      unknownReason: shown.trouble,
    },
    { says: 'queue a pod', target: '30', unit: 'quantity', current: '12', unknownReason: null },
  ]);
  const targets = [{ metric: shown.metrics[0].key, target: '65' }];
  const changed = await call('autoscaler', { autoscaler: name, minReplicas: 3, targets });
  expect(changed).toMatchObject({ status: 200, json: { says: `${name} keeps it between 3 and 10 pods.` } });
  expect(server.cluster.get('horizontalpodautoscalers', 'agents', name)?.spec).toMatchObject({
    ...{ minReplicas: 3, maxReplicas: 10 },
    metrics: [{ resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 65 } } }, queue],
  });
  expect((await ledger())[0]).toMatchObject({ before: { minReplicas: 2 }, after: { minReplicas: 3 } });
  expect(await call('autoscaler', { autoscaler: name, maxReplicas: 2 })).toMatchObject({ status: 422 });
});

test('deployment S-47: where a repository decides, it is said that changes are reverted', async () => {
  await run(`${IMAGE}:1.0.0`, 1);
  server.cluster.edit('deployments', 'agents', name, (draft) => {
    draft.metadata.labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps' };
  });
  const { json } = await call('read');
  expect(json.revertWarning).toContain('Flux keeps this workload as apps says and will revert the change');
});

test('a deployment under way keeps restarts and pauses to itself; scaling goes on', async () => {
  await run();
  const clusterId = (await world.sql`select cluster_id from deployments where agent_id = ${agentId}`)[0]
    ?.cluster_id;
  await makeDeployment(world, teamId, {
    agentId,
    clusterId,
    workloadName: name,
    version: '2.0.0',
    status: 'in_progress',
  });
  const { can, deployment } = (await call('read')).json;
  expect(deployment.version).toBe('2.0.0');
  expect([can.restart.allowed, can.pause.allowed, can.scale.allowed]).toEqual([false, false, true]);
  expect((await call('restart')).status).toBe(409);
});

test('a log is followed over questions, goes on where it was after a worker ends, and is redacted by the rules of the team', async () => {
  await world.db
    .insert(redactionRules)
    .values({ teamId, name: 'Mail', kind: 'email', replacement: '[mail]' });
  await run(`${IMAGE}:1.0.0`, 1);
  const [pod = ''] = await podNames();
  const of = { namespace: 'agents', name: pod, container: 'main' };
  for (let line = 1; line <= 10; line++) server.log(of, `line ${line}`);
  await server.advance(5);
  for (let line = 11; line <= 30; line++) server.log(of, `line ${line}`);
  const ask = { pod, container: 'main', follow: 'true' };
  const first = (await call('logs', ask)).json;
  expect(first.lines.map(({ text }: { text: string }) => text)).toEqual(
    Array.from({ length: 20 }, (_, index) => `line ${index + 11}`),
  );
  const texts = async (cursor: string) => {
    const { json } = await call('logs', { ...ask, cursor });
    return { texts: json.lines.map(({ text }: { text: string }) => text), cursor: json.cursor };
  };
  const waiting = texts(first.cursor);
  server.log(of, 'asked by anna@example.test');
  const second = await waiting;
  expect(second.texts).toEqual(['asked by [mail]']);
  await worker?.stop();
  server.log(of, 'written while nobody read');
  worker = await startWorker();
  const third = await texts(second.cursor);
  expect(third.texts).toEqual(['written while nobody read']);
  expect(await call('logs', { ...ask, cursor: 'elsewhere' })).toMatchObject({ status: 422 });
});

test('the log of the container before is read by its side, and none of a pod that is no part of the workload', async () => {
  server.onImage(`${IMAGE}:crashing`, { is: 'crashing', exitCode: 3, log: ['about to crash'] });
  await run(`${IMAGE}:crashing`, 1);
  const { pods } = (await call('read')).json;
  expect(pods[0]).toMatchObject({ state: 'failing', containers: [{ name: 'main', hasPrevious: true }] });
  const { json } = await call('logs', { pod: pods[0].name, container: 'main', previous: 'true' });
  expect(json).toMatchObject({ isEnded: true, lines: [{ text: 'about to crash' }] });
  server.cluster.create(sampleDeployment('theirs', `${IMAGE}:1.0.0`, { namespace: 'agents' }), 'kubectl');
  await server.settled();
  const theirs = server.cluster
    .list('pods', 'agents')
    .find(({ metadata }) => metadata.name.startsWith('theirs'));
  const foreign = await call('logs', { pod: theirs?.metadata.name ?? '', container: 'main' });
  expect(foreign).toMatchObject({ status: 404, json: { detail: expect.stringContaining('has no pod') } });
  expect((await call('logs', { pod: 'any', container: 'main' }, await keyWith(['read']))).status).toBe(403);
});
