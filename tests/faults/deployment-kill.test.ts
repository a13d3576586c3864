import { and, asc, eq, ne } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clusters } from '#db/schema/clusters.ts';
import { deploymentEvents, deployments } from '#db/schema/deployments.ts';
import type { ClusterUser } from '#lib/model/cluster-access.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeDeployment } from '#lib/testing/deployments.ts';
import type { Fault, RequestFilter } from '#tests/kubernetes/faults.ts';
import { controllerOf } from '#tests/kubernetes/objects.ts';
import { asDeployment, sampleDeployment } from '#tests/kubernetes/sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { type AlertRig, createAlertRig, type Worker } from './alert-rig.ts';

/** At each point so often. */
const KILLS = Number(process.env.PITWALL_DEPLOYMENT_KILLS ?? 1);
const NAMESPACE = 'agents';
const IMAGE = 'registry.example.test/agent';
/** Longer than a worker that says nothing keeps a deployment, seconds. */
const LEASE = 91;
/** For one step of a real worker on a busy machine, milliseconds. */
const STEP_MS = 40_000;
const WRITE = { verb: 'patch', resource: 'deployments' };
const LOOK = { verb: 'list', resource: 'pods' };
const NEVER_READY = { is: 'ready', afterMs: Number.POSITIVE_INFINITY } as const;

let rig: AlertRig;
let server: KubernetesServer;
let worker: Worker;
let clusterId: string;
let ahead = 0;
let name: string;
let round = 0;
beforeAll(async () => {
  [rig, server] = await Promise.all([
    createAlertRig({ FEATURE_DEPLOYMENT_AUTOMATION: 'true' }),
    startKubernetes({ namespaces: [NAMESPACE] }),
  ]);
  clusterId = await connect();
  worker = await rig.startWorker();
});
beforeEach(() => {
  round += 1;
  name = `agent-${round}`;
});
afterAll(async () => {
  await rig.close();
  await server.close();
});

async function connect(): Promise<string> {
  const id = uuidv7();
  const user: ClusterUser = { token: server.token, clientCertificate: null, clientKey: null };
  await rig.db.insert(clusters).values({
    ...{ id, teamId: rig.teamId, name: 'test', namespaces: [NAMESPACE], accessFrom: 'given' },
    ...{ server: server.url, ca: server.ca },
    sealedUser: createSecretBox(rig.secretKey).seal(JSON.stringify(user)),
  });
  return id;
}

const live = () => server.cluster.get('deployments', NAMESPACE, name);
const liveImage = () => asDeployment(live()).spec.template.spec.containers[0]?.image;
const sets = () =>
  server.cluster.list('replicasets', NAMESPACE).filter((set) => controllerOf(set)?.name === name);

async function ask(version: string, values: Partial<typeof deployments.$inferInsert> = {}): Promise<string> {
  const where = { clusterId, namespace: NAMESPACE, workloadName: name, container: 'main' };
  return (await makeDeployment(rig, rig.teamId, { ...where, image: IMAGE, version, ...values })).id;
}

async function row(id: string) {
  const [found] = await rig.db.select().from(deployments).where(eq(deployments.id, id));
  return found;
}

/** What happened to a deployment; how often it was looked at is no matter. */
async function timeline(id: string): Promise<string[]> {
  const events = await rig.db
    .select({ code: deploymentEvents.code })
    .from(deploymentEvents)
    .where(and(eq(deploymentEvents.deploymentId, id), ne(deploymentEvents.code, 'progress')))
    .orderBy(asc(deploymentEvents.seq));
  return events.map(({ code }) => code);
}

const untilStatus = (id: string, status: string) =>
  expect.poll(async () => (await row(id))?.status, { timeout: STEP_MS, interval: 50 }).toBe(status);
/** It is applied, the row knows, and its pods were looked at. */
const untilFollowed = (id: string) =>
  expect
    .poll(async () => (await row(id))?.progress ?? null, { timeout: STEP_MS, interval: 50 })
    .not.toBeNull();

/** Kills the worker while it waits for the answer to such a request. */
async function killAt(fault: Fault, request: RequestFilter, cause: () => void = () => undefined) {
  const before = server.requests.matching(request).length;
  const heal = server.chaos.fail(fault, request, Number.POSITIVE_INFINITY);
  cause();
  await server.until(() => server.requests.matching(request).length > before, STEP_MS);
  await worker.signal('SIGKILL');
  heal();
}

/** The next worker, at the moment at which it may take over. */
async function takeOver(): Promise<void> {
  ahead += LEASE;
  await rig.travel(ahead);
  worker = await rig.startWorker();
}

async function expectDeployed(id: string, version: string): Promise<void> {
  await untilStatus(id, 'completed');
  expect(await timeline(id)).toEqual(['created', 'started', 'applied', 'completed']);
  expect(sets()).toHaveLength(1);
  expect(live()?.metadata.annotations?.[DEPLOYMENT_ID]).toBe(id);
  expect(liveImage()).toBe(`${IMAGE}:${version}`);
}

describe.each(Array.from({ length: KILLS }, (_, before) => before + 1))('kill %i', (kill) => {
  test('deployment S-57: a worker killed before it applies leaves it to the next, with one ReplicaSet', async () => {
    const id = await ask('1.0.0');
    await killAt('hang', WRITE);
    expect(live()).toBeNull();
    await takeOver();
    await expectDeployed(id, '1.0.0');
  });

  test('deployment S-57: a worker killed between applying and recording leaves it to the next, with one ReplicaSet', async () => {
    const id = await ask('1.0.0');
    await killAt('unanswered', WRITE);
    expect(live()?.metadata.annotations?.[DEPLOYMENT_ID]).toBe(id);
    expect(await row(id)).toMatchObject({ status: 'in_progress', manifest: null });
    await takeOver();
    await expectDeployed(id, '1.0.0');
  });

  test('deployment S-57: a worker killed while it watches leaves it to the next, with one ReplicaSet', async () => {
    const version = `slow.${round}.0`;
    server.onImage(version, NEVER_READY);
    const id = await ask(version);
    await untilFollowed(id);
    await killAt('hang', LOOK);
    server.onImage(version, { is: 'ready' });
    expect(await row(id)).toMatchObject({ status: 'in_progress' });
    await takeOver();
    await expectDeployed(id, version);
  });

  test('deployment S-57: a worker killed while it rolls back by itself leaves it to the next, with one ReplicaSet each', async () => {
    // The rollback is not written, or it is and nobody heard of it.
    const fault = kill % 2 === 1 ? 'hang' : 'unanswered';
    const version = `crashes.${round}.0`;
    server.cluster.create(sampleDeployment(name, `${IMAGE}:0.9.0`, { namespace: NAMESPACE }), 'kubectl');
    server.onImage(version, NEVER_READY);
    const id = await ask(version, { autoRollback: true, forceManagers: ['kubectl'] });
    await untilFollowed(id);
    expect(sets()).toHaveLength(2);
    await killAt(fault, WRITE, () => server.onImage(version, { is: 'crashing', exitCode: 3, restarts: 3 }));
    expect(await row(id)).toMatchObject({ status: 'failed' });
    expect(liveImage()).toBe(`${IMAGE}:${fault === 'hang' ? version : '0.9.0'}`);
    await takeOver();
    await untilStatus(id, 'rolled_back');
    expect(await timeline(id)).toEqual(['created', 'started', 'applied', 'ROLLOUT_FAILED', 'rolled_back']);
    const rollbacks = await rig.db.select().from(deployments).where(eq(deployments.targetDeploymentId, id));
    expect(rollbacks).toMatchObject([{ kind: 'rollback', status: 'completed', version: '0.9.0' }]);
    expect(liveImage()).toBe(`${IMAGE}:0.9.0`);
    // The template of before is the same again, so its ReplicaSet is.
    expect(sets()).toHaveLength(2);
  });
});
