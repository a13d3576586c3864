import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ask } from '#lib/command/define-query.ts';
import { getDeployment } from '#lib/deployments/queries.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { Cluster } from '#lib/ports/cluster/port.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeDeployment, noImages, silentMeter } from '#lib/testing/deployments.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { setDatabaseClock } from '#lib/testing/rule-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { asDeployment, sampleDeployment } from '#tests/kubernetes/sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { runDeployments } from './run-deployments.ts';
import { FIELD_MANAGER } from './write-to-cluster.ts';

const IMAGE = 'registry.example.test/agent';
const NEVER = new AbortController().signal;
const DEPLOYMENTS = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' };

let world: World;
let server: KubernetesServer;
let cluster: Cluster;
let teamId: string;
let anna: string;
let context: ReturnType<typeof commandContext>;
let name: string;
beforeAll(async () => {
  world = await createWorld();
  server = await startKubernetes({ namespaces: ['agents'] });
  cluster = await openCluster(server);
});
beforeEach(async () => {
  await world.ownerSql`delete from deployments`;
  teamId = (await makeTeam(world)).id;
  anna = (await makeMember(world, teamId, 'developer', { name: 'Anna' })).id;
  context = commandContext(world, { features: everyFeature });
  name = `agent-${uuidv7().slice(-12)}`;
  await setDatabaseClock(world, server.now());
});
afterAll(async () => {
  await cluster.close();
  await server.close();
  await world.close();
});

const get = (id: string) =>
  ask(context, userActor(teamId, 'developer', { userId: anna }), getDeployment, { id });
const live = () => asDeployment(server.cluster.get('deployments', 'agents', name));

/** Looks once at what is under way, as a worker. */
async function look(): Promise<void> {
  await world.sql`update deployments set next_at = '2000-01-01Z'`;
  const tools = {
    ...context.deps,
    ...{ db: world.db, worker: 'one', log: context.log },
    announce: () => {},
    meter: silentMeter,
    images: noImages,
  };
  await runDeployments({ ...tools, clusters: { get: async () => cluster } }, NEVER);
}

async function ship(version: string): Promise<string> {
  const { id } = await makeDeployment(world, teamId, {
    ...{ workloadName: name, image: IMAGE, version, nextAt: new Date(0), container: 'main' },
    requestedBy: { kind: 'user', id: anna },
  });
  await look();
  return id;
}

/** Looks until the deployment is over. */
async function over(id: string) {
  for (let looks = 0; looks < 12; looks++) {
    await server.settled();
    await look();
    const seen = await get(id);
    if (seen.status !== 'in_progress') return seen;
  }
  return get(id);
}

const scale = (replicas: number) =>
  server.cluster.edit('deployments', 'agents', name, (draft) => {
    asDeployment(draft).spec.replicas = replicas;
  });
const autoscaler = () =>
  server.cluster.create({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: 'agents' },
    spec: {
      ...{ minReplicas: 2, maxReplicas: 10 },
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    },
  });

test('deployment S-06, S-09: a number of replicas that an apply of ours once said is handed over first, and never falls', async () => {
  const object = sampleDeployment(name, `${IMAGE}:0.1`, { namespace: 'agents', replicas: 4 });
  const ref = { kind: DEPLOYMENTS, namespace: 'agents', name };
  const options = { fieldManager: FIELD_MANAGER, force: false, dryRun: false };
  await cluster.apply(ref, object as Parameters<Cluster['apply']>[1], options, NEVER);
  autoscaler();
  await server.settled();
  server.requests.clear();
  const seen: unknown[] = [];
  const watch = cluster.watch(
    { kind: DEPLOYMENTS, namespace: 'agents' },
    {},
    {
      onList: (objects) => seen.push(...objects),
      onChange: (changed) => seen.push(changed),
      onDelete: () => {},
      onStale: () => {},
    },
  );
  const id = await ship('1.0.0');
  expect(await over(id)).toMatchObject({ status: 'completed' });
  const revision = live().metadata.resourceVersion;
  await server.until(() =>
    seen.some((each) => asDeployment(each as never).metadata.resourceVersion === revision),
  );
  watch.stop();
  const replicas = seen
    .map((each) => asDeployment(each as never))
    .filter((each) => each.metadata.name === name);
  expect(replicas.map(({ spec }) => spec.replicas)).toEqual(replicas.map(() => 4));
  expect(replicas.length).toBeGreaterThan(1);
  // Nothing that people see is ever replaced as a whole.
  const verbs = Object.keys(server.requests.byVerb());
  expect(verbs.filter((verb) => !['get', 'list', 'watch'].includes(verb))).toEqual(['patch']);
  // The next version says no number either, and hands nothing over: the autoscaler owns it once it has set it.
  await cluster.patch(
    ref,
    { form: 'merge', body: { spec: { replicas: 6 } } },
    { dryRun: false, subresource: 'scale' },
    NEVER,
  );
  server.requests.clear();
  await over(await ship('1.1.0'));
  const bodies = server.requests.matching({ verb: 'patch' }).map(({ body }) => JSON.parse(body));
  expect(bodies).toHaveLength(1);
  expect(bodies[0].spec).not.toHaveProperty('replicas');
  expect(live().spec.replicas).toBe(6);
});

test('deployment S-51: scaled while it rolls out, a deployment shows no less done than before', async () => {
  await over(await ship('2.0.0'));
  scale(4);
  await server.settled();
  server.onImage(`${IMAGE}:2.1.0`, { is: 'ready', afterMs: 30_000 });
  const id = await ship('2.1.0');
  const percent = async () => (await get(id)).progress?.percent ?? 0;
  for (let steps = 0; steps < 10 && (await percent()) === 0; steps++) {
    await server.advance(30_000);
    await look();
  }
  const before = await percent();
  scale(16);
  await server.settled();
  await look();
  const { progress } = await get(id);
  expect(before).toBeGreaterThan(0);
  expect(progress?.replicas).toBe(16);
  expect(progress?.percent).toBeGreaterThanOrEqual(before);
  for (let steps = 0; steps < 20 && (await get(id)).status === 'in_progress'; steps++) {
    await server.advance(30_000);
    await look();
  }
  expect(await get(id)).toMatchObject({ status: 'completed', progress: { percent: 100 } });
});
