import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clusters } from '#db/schema/clusters.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { approveDeployment } from '#lib/deployments/approvals/decide.ts';
import { createDeployment } from '#lib/deployments/create-deployment.ts';
import { setDeploymentPolicy } from '#lib/deployments/policies/policy-verbs.ts';
import { previewDeployment, readPreview } from '#lib/deployments/preview-deployment.ts';
import { getDeployment } from '#lib/deployments/queries.ts';
import { recordsAt, textAt } from '#lib/model/json-fields.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { Cluster } from '#lib/ports/cluster/port.ts';
import { createOciRegistry } from '#lib/ports/registry/oci/oci-registry.ts';
import { createImageSource } from '#lib/registries/image-source.ts';
import { connectRegistry, listRegistries, removeRegistry, updateRegistry } from '#lib/registries/manage.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { silentMeter } from '#lib/testing/deployments.ts';
import { makeAgent, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { LOOPBACK, opened } from '#lib/testing/outbound-policy.ts';
import { setDatabaseClock } from '#lib/testing/rule-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { type RegistryServer, startRegistry } from '#tests/registry/start.ts';
import { observeRunning } from './observe-running.ts';
import { type DeployTools, runDeployments } from './run-deployments.ts';
import { runPreviews } from './run-previews.ts';
import { workloadRef } from './workload-object.ts';

const NEVER = new AbortController().signal;
const ACCOUNT = { username: 'robot', secret: 'a-secret-of-the-registry' };
const NAME = 'team/agent';

let world: World;
let server: KubernetesServer;
let registry: RegistryServer;
let context: ReturnType<typeof commandContext>;
let tools: DeployTools;
let teamId: string;
let userId: string;
let workload: string;
let cluster: Cluster;
let plan: {
  agentId: string;
  clusterId: string;
  namespace: string;
  workload: string;
  container: string;
  image: string;
  version: string;
};
let nowMs: number;
beforeAll(async () => {
  [world, server, registry] = await Promise.all([
    createWorld(),
    startKubernetes({ namespaces: ['agents'] }),
    startRegistry({ account: ACCOUNT }),
  ]);
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  userId = (await makeMember(world, teamId, 'developer', { name: 'Anna' })).id;
  context = commandContext(world, { features: everyFeature });
  cluster = await openCluster(server);
  const agent = await makeAgent(world, teamId, { name: 'Checkout', environment: 'production' });
  const clusterId = uuidv7();
  workload = `agent-${clusterId.slice(-12)}`;
  const values = { name: 'prod-eu', accessFrom: 'in-cluster' as const, namespaces: ['agents'] };
  await world.db.insert(clusters).values({ id: clusterId, teamId, ...values });
  plan = {
    ...{ agentId: agent.id, clusterId, namespace: 'agents', workload, container: 'agent' },
    ...{ image: `${registry.host}/${NAME}`, version: '1.0.0' },
  };
  tools = {
    ...context.deps,
    ...{ db: world.db, worker: 'one', log: context.log, announce: () => {}, meter: silentMeter },
    clusters: { get: async () => cluster },
    images: createImageSource({
      ...{ db: world.db, sealer: context.deps.sealer },
      registry: createOciRegistry({ policy: LOOPBACK, plainLoopback: true }),
    }),
  };
  nowMs = server.now();
  await setDatabaseClock(world, nowMs);
  return async () => {
    registry.trouble(null);
    await cluster.close();
    await world.ownerSql`delete from deployments`;
  };
});
afterAll(async () => {
  await registry.close();
  await server.close();
  await world.close();
});

const actor = () => userActor(teamId, 'developer', { userId, name: 'Anna' });
const admin = () => userActor(teamId, 'admin');
const get = (id: string) => ask(context, actor(), getDeployment, { id });
const create = async (more: object = {}) =>
  (await execute(context, actor(), createDeployment, { ...plan, ...more })).id;
async function look(times = 1): Promise<void> {
  for (let looks = 0; looks < times; looks++) {
    await world.sql`update deployments set next_at = '2000-01-01Z'`;
    await runDeployments(tools, NEVER);
    await server.settled();
  }
}
async function preview(more: object = {}) {
  const { id } = await execute(context, actor(), previewDeployment, { ...plan, ...more });
  await runPreviews(tools, NEVER);
  return ask(context, actor(), readPreview, { id });
}
const codes = async (id: string) => (await get(id)).events.map(({ code }) => code);
function liveImage(): string | null {
  const live = server.cluster.get('deployments', 'agents', workload);
  return textAt(recordsAt(live, 'spec', 'template', 'spec', 'containers')[0], 'image');
}
const needApproval = () =>
  execute(context, admin(), setDeploymentPolicy, {
    environment: 'production',
    approvalsNeeded: 1,
    autoRollback: false,
  });
async function approve(id: string): Promise<void> {
  const other = await makeMember(world, teamId, 'developer', { name: 'Ben' });
  await execute(
    context,
    userActor(teamId, 'developer', { userId: other.id, name: 'Ben' }),
    approveDeployment,
    {
      id,
    },
  );
}

test('deployment S-67, S-68: a tag is resolved before it is applied, the digest runs, and what runs is seen', async () => {
  const digest = registry.push(NAME, '1.0.0', 'one');
  const seen = await preview();
  expect(seen).toMatchObject({ status: 'ready', digest, warnings: [] });
  const id = await create({ previewId: seen.id });
  expect(await get(id)).toMatchObject({ version: '1.0.0', digest });
  await look(4);
  expect(await get(id)).toMatchObject({
    ...{ status: 'completed', version: '1.0.0', digest },
    running: { images: [{ digest, pods: 1 }], isDrifted: false },
  });
  expect(liveImage()).toBe(`${plan.image}:1.0.0@${digest}`);
});

test('deployment S-67: who approves a deployment sees what its tag stands for', async () => {
  await needApproval();
  const digest = registry.push(NAME, '1.0.0', 'two');
  const id = await create();
  expect(await get(id)).toMatchObject({ status: 'awaiting_approval', digest: null });
  await look();
  expect(await get(id)).toMatchObject({ status: 'awaiting_approval', digest });
  expect((await get(id)).events.at(-1)).toMatchObject({
    code: 'tag.resolved',
    message: `${plan.image}:1.0.0 is ${digest.slice(0, 19)}`,
  });
  // It waits, and nobody is asked again.
  registry.requests.length = 0;
  await look(2);
  expect(registry.requests).toEqual([]);
  await approve(id);
  await look(4);
  expect(await get(id)).toMatchObject({ status: 'completed' });
});

test.each([
  ['moved', () => void registry.push(NAME, '1.0.0', 'four'), 'has moved from'],
  ['was taken away', () => registry.trouble({ status: 404 }), 'is gone'],
])('deployment S-67: a tag that %s between approval and apply blocks', async (_how, change, words) => {
  await needApproval();
  registry.push(NAME, '1.0.0', 'three');
  const id = await create();
  await look();
  await approve(id);
  change();
  await look(2);
  expect(await get(id)).toMatchObject({
    status: 'failed',
    failure: { code: 'TAG_MOVED', message: expect.stringContaining(words) },
  });
  expect(server.cluster.get('deployments', 'agents', workload)).toBeNull();
});

test('deployment S-67: a tag that moved after its preview blocks too; a registry that is away then does not', async () => {
  const digest = registry.push(NAME, '1.0.0', 'five');
  const seen = await preview();
  registry.push(NAME, '1.0.0', 'six');
  const moved = await create({ previewId: seen.id });
  await look();
  expect(await get(moved)).toMatchObject({ failure: { code: 'TAG_MOVED' } });
  registry.push(NAME, '1.0.0', 'five');
  const again = await preview();
  const id = await create({ previewId: again.id });
  registry.trouble({ status: 503 });
  await look(4);
  expect(await codes(id)).toContain('tag.unchecked');
  expect(await get(id)).toMatchObject({ status: 'completed', digest });
});

test('deployment S-67: a registry that does not answer is asked again for a while, and then it is said', async () => {
  registry.trouble({ status: 503 });
  expect(await preview()).toMatchObject({
    ...{ status: 'failed', digest: null },
    message: `${registry.host} answered 503.`,
  });
  const id = await create();
  await look(3);
  expect(await get(id)).toMatchObject({ status: 'pending', digest: null });
  expect((await codes(id)).filter((code) => code === 'registry.unreachable')).toHaveLength(1);
  registry.trouble(null);
  const digest = registry.push(NAME, '1.0.0', 'seven');
  await look(4);
  expect(await get(id)).toMatchObject({ status: 'completed', digest });
  registry.trouble({ status: 503 });
  const late = await create();
  await look();
  await setDatabaseClock(world, nowMs + 6 * 60_000);
  await look();
  expect(await get(late)).toMatchObject({
    status: 'failed',
    failure: { code: 'REGISTRY_FAILED', message: expect.stringContaining('by the tag alone') },
  });
});

test('deployment S-67: what is not there is said at once, and so is a login that is missing', async () => {
  const id = await create({ version: '9.9.9' });
  await look();
  expect(await get(id)).toMatchObject({ status: 'failed', failure: { code: 'IMAGE_NOT_FOUND' } });
  registry.makePrivate('team/private');
  registry.push('team/private', '1', 'p');
  const shut = await create({ image: `${registry.host}/team/private`, version: '1' });
  await look();
  expect(await get(shut)).toMatchObject({
    failure: { code: 'REGISTRY_FAILED', message: expect.stringContaining('wants a login') },
  });
});

test('deployment S-67: by its tag alone a version is deployed without asking, and the timeline says so', async () => {
  registry.requests.length = 0;
  const seen = await preview({ byTag: true });
  expect(seen).toMatchObject({ digest: null, warnings: [expect.stringContaining('by its tag alone')] });
  const id = await create({ byTag: true, previewId: seen.id });
  await look(4);
  expect(registry.requests).toEqual([]);
  const done = await get(id);
  expect(done).toMatchObject({ status: 'completed', digest: null, running: { isDrifted: null } });
  expect(done.events.find(({ code }) => code === 'applied')?.message).toContain('by its tag alone');
  expect(liveImage()).toBe(`${plan.image}:1.0.0`);
});

test('deployment S-68: an image that somebody changed behind our back is seen, and said once', async () => {
  registry.push(NAME, '1.0.0', 'eight');
  const id = await create();
  await look(4);
  const other = `sha256:${'e'.repeat(64)}`;
  const containers = [{ name: 'agent', image: `${plan.image}@${other}` }];
  const patch = { form: 'strategic', body: { spec: { template: { spec: { containers } } } } } as const;
  const ref = workloadRef({ namespace: 'agents', workloadName: workload });
  await cluster.patch(ref, patch, { dryRun: false }, NEVER);
  await server.settled();
  await world.sql`update deployments set running_checked_at = null`;
  await observeRunning(tools, NEVER);
  const seen = await get(id);
  expect(seen).toMatchObject({ status: 'completed', running: { isDrifted: true } });
  await world.sql`update deployments set running_checked_at = null`;
  await observeRunning(tools, NEVER);
  expect((await codes(id)).filter((code) => code === 'drifted')).toHaveLength(1);
  // Not again before it is time.
  expect(await observeRunning(tools, NEVER)).toBe(0);
});

test('security Z4: the login of a registry is of its team alone, sealed, and shown to nobody', async () => {
  registry.makePrivate('team/private');
  const digest = registry.push('team/private', '1', 'p');
  const image = `${registry.host}/team/private`;
  const host = registry.host;
  const { id } = await execute(context, admin(), connectRegistry, { host, login: ACCOUNT });
  expect(await preview({ image, version: '1' })).toMatchObject({ status: 'ready', digest });
  const { items } = await ask(context, admin(), listRegistries, {});
  expect(items).toEqual([{ id, host, username: 'robot', hasCa: false, updatedAt: expect.any(Number) }]);
  const [row] = await world.sql<{ sealed: string }[]>`select sealed_secret as sealed from registries`;
  expect(row?.sealed).toBe(context.deps.sealer.seal(ACCOUNT.secret));
  const told = JSON.stringify([items, await listAuditRows(world.db, teamId, 100)]);
  expect(told).toContain('registry.connect');
  expect(told).not.toContain(ACCOUNT.secret);
  const strange = userActor((await makeTeam(world)).id, 'admin');
  expect((await ask(context, strange, listRegistries, {})).items).toEqual([]);
  const login = { username: 'robot', secret: 'another' };
  await expect(execute(context, strange, updateRegistry, { id, login })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(execute(context, strange, removeRegistry, { id })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(execute(context, admin(), connectRegistry, { host, login: ACCOUNT })).rejects.toMatchObject({
    code: 'conflict',
  });
  for (const verb of [actor(), userActor(teamId, 'viewer')])
    await expect(ask(context, verb, listRegistries, {})).rejects.toMatchObject({ code: 'forbidden' });
  await execute(context, admin(), updateRegistry, { id, login });
  expect(await preview({ image, version: '1' })).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('does not take the login'),
  });
  await execute(context, admin(), removeRegistry, { id });
  expect(await preview({ image, version: '1' })).toMatchObject({
    message: expect.stringContaining('wants a login'),
  });
});

test('security A16: keeping a login wants a recent sign-in, and an address that may be called', async () => {
  const stale = userActor(teamId, 'admin', { signedInAtMs: Date.now() - 24 * 3_600_000 });
  const input = { host: 'registry.example.test', login: ACCOUNT };
  await expect(execute(context, stale, connectRegistry, input)).rejects.toMatchObject({
    code: 'reauthentication_required',
  });
  const closed = { ...context, deps: { ...context.deps, outbound: opened() } };
  for (const host of [
    '127.0.0.1:5000',
    'localhost',
    'http://registry.example.test',
    'registry/team',
    'agent',
  ])
    await expect(execute(closed, admin(), connectRegistry, { ...input, host })).rejects.toMatchObject({
      code: 'invalid',
    });
});
