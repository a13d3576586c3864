import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clusters } from '#db/schema/clusters.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { createDeployment } from '#lib/deployments/create-deployment.ts';
import { createFreezeWindow } from '#lib/deployments/policies/freeze-windows.ts';
import { setDeploymentPolicy } from '#lib/deployments/policies/policy-verbs.ts';
import { previewDeployment, readPreview } from '#lib/deployments/preview-deployment.ts';
import { getDeployment } from '#lib/deployments/queries.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { Cluster } from '#lib/ports/cluster/port.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { noImages, silentMeter } from '#lib/testing/deployments.ts';
import { makeAgent, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { openCluster } from '#lib/testing/kubernetes-cluster.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { asDeployment, sampleDeployment } from '#tests/kubernetes/sample-deployment.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { type DeployTools, runDeployments } from './run-deployments.ts';
import { runPreviews } from './run-previews.ts';

const NEVER = new AbortController().signal;

let world: World;
let server: KubernetesServer;
let cluster: Cluster;
let teamId: string;
let userId: string;
let context: ReturnType<typeof commandContext>;
let plan: Record<string, string>;
beforeAll(async () => {
  world = await createWorld();
  server = await startKubernetes({ namespaces: ['agents'] });
  cluster = await openCluster(server);
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  userId = (await makeMember(world, teamId, 'developer')).id;
  context = commandContext(world, { features: everyFeature });
  const agent = await makeAgent(world, teamId, { name: 'Checkout', environment: 'production' });
  const clusterId = uuidv7();
  const namespaces = ['agents'];
  await world.db
    .insert(clusters)
    .values({ id: clusterId, teamId, name: 'prod-eu', accessFrom: 'in-cluster', namespaces });
  plan = {
    ...{ agentId: agent.id, clusterId, namespace: 'agents', workload: `agent-${clusterId.slice(-12)}` },
    ...{ container: 'agent', image: 'registry.example.test:5000/team/agent', version: '1.0.0' },
  };
});
afterAll(async () => {
  await cluster.close();
  await server.close();
  await world.close();
});

const tools = (): DeployTools => ({
  ...{ db: world.db, worker: 'one', log: context.log, announce: () => {} },
  meter: silentMeter,
  images: noImages,
  clusters: { get: async () => cluster },
});
const actor = (role: 'viewer' | 'developer' | 'admin' = 'developer') => userActor(teamId, role, { userId });
const create = (more: object = {}) =>
  execute(context, actor(), createDeployment, { byTag: true, ...plan, ...more });
async function preview(more: object = {}) {
  const { id } = await execute(context, actor(), previewDeployment, { byTag: true, ...plan, ...more });
  await runPreviews(tools(), NEVER);
  return ask(context, actor(), readPreview, { id });
}
async function carryOut() {
  for (let looks = 0; looks < 4; looks++) {
    await world.sql`update deployments set next_at = '2000-01-01Z'`;
    await runDeployments(tools(), NEVER);
    await server.settled();
  }
}
const exists = (image = 'registry.example.test:5000/team/agent:0.9', manager = 'pitwall') => {
  const object = sampleDeployment(plan.workload ?? '', image, { namespace: 'agents' });
  asDeployment(object).spec.template.spec.containers = [{ name: 'agent', image }];
  return server.cluster.create(object, manager);
};

test('security Z12: what is asked for is deployed, by those who may, and told in the ledger', async () => {
  await expect(execute(context, actor('viewer'), createDeployment, plan)).rejects.toMatchObject({
    code: 'forbidden',
  });
  const { id } = await create();
  expect((await listAuditRows(world.db, teamId, 1))[0]).toMatchObject({
    action: 'deployment.create',
    targetId: id,
  });
  await carryOut();
  expect(await ask(context, actor('viewer'), getDeployment, { id })).toMatchObject({
    ...{ status: 'completed', agent: { name: 'Checkout' }, environment: 'production' },
    ...{ cluster: { name: 'prod-eu' }, autoRollback: true },
  });
});

test('security Z12: only namespaces that were allowed for a cluster are deployed to, and only clusters of the team', async () => {
  await expect(create({ namespace: 'kube-system' })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'namespace' }],
  });
  await expect(create({ clusterId: uuidv7() })).rejects.toMatchObject({ code: 'not_found' });
  await expect(create({ agentId: uuidv7() })).rejects.toMatchObject({ code: 'not_found' });
});

test.each([
  ['namespace', 'Agents'],
  ['workload', 'a/b'],
  ['container', 'a: b'],
  ['image', 'agent:1.0'],
  ['image', 'agent\nhostNetwork: true'],
  ['version', '1 2'],
  ['digest', 'sha256:1'],
])('security O11: %s %j is no word that could become another field of a manifest', async (field, value) => {
  await expect(create({ [field]: value })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: field }],
  });
});

test('deployment S-54: the same key and payload answer with the same deployment, another payload is a conflict', async () => {
  const idempotencyKey = 'ci-42';
  const first = await create({ idempotencyKey });
  expect((await create({ idempotencyKey })).id).toBe(first.id);
  await expect(create({ idempotencyKey, version: '2.0.0' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(create()).rejects.toMatchObject({ message: expect.stringContaining(first.id) });
});

test('the policy of the environment decides who must approve and whether a failure is rolled back', async () => {
  const policy = { environment: 'production', approvalsNeeded: 1, autoRollback: false, approvalMinutes: 30 };
  await execute(context, actor('admin'), setDeploymentPolicy, policy);
  const { id, status } = await create();
  expect(status).toBe('awaiting_approval');
  const view = await ask(context, actor(), getDeployment, { id });
  expect(view).toMatchObject({ autoRollback: false, approvals: { needed: 1 } });
  expect((view.approvals.expiresAt ?? 0) - view.createdAt).toBe(30 * 60_000);
  await carryOut();
  expect(await ask(context, actor(), getDeployment, { id })).toMatchObject({ status: 'awaiting_approval' });
});

test('nothing is asked for during a freeze of its environment', async () => {
  const freeze = { name: 'Holidays', environment: 'production', startsAt: 0, endsAt: Date.now() + 60_000 };
  await execute(context, actor('admin'), createFreezeWindow, freeze);
  await expect(create()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('Holidays'),
  });
});

test('deployment S-12, S-13: a preview says what would change and changes nothing', async () => {
  const before = exists();
  const seen = await preview();
  expect(seen).toMatchObject({ status: 'ready', isNew: false, message: null });
  const image = seen.changes.find(({ path }) => path.endsWith('.image'));
  expect(image).toMatchObject({ after: `${plan.image}:1.0.0` });
  expect(JSON.stringify(seen.changes)).not.toMatch(/managedFields|resourceVersion|generation|deployment-id/);
  const after = server.cluster.get('deployments', 'agents', plan.workload ?? '');
  expect(after?.metadata.generation).toBe(before.metadata.generation);
  const { id } = await execute(context, actor(), previewDeployment, { byTag: true, ...plan });
  const version = () =>
    server.cluster.get('deployments', 'agents', plan.workload ?? '')?.metadata.resourceVersion;
  const untouched = version();
  await runPreviews(tools(), NEVER);
  expect([(await ask(context, actor(), readPreview, { id })).status, version()]).toEqual([
    'ready',
    untouched,
  ]);
});

test('deployment S-03: a preview names the fields of other managers before anything is tried', async () => {
  exists(undefined, 'kubectl');
  const { conflicts, changes } = await preview();
  expect(conflicts).toContainEqual({ field: expect.stringContaining('image'), manager: 'kubectl' });
  expect(changes.some(({ path }) => path.endsWith('.image'))).toBe(true);
});

test('deployment S-14: what the cluster refuses is said in its own words', async () => {
  const message = 'admission webhook "policy.example" denied the request: no unsigned images';
  server.chaos.fail({ status: 403, reason: 'Forbidden', message }, { verb: 'patch' });
  expect(await preview()).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('no unsigned images'),
  });
});

test('deployment S-15: a deployment is confirmed by a preview of its own plan, and by none after the workload changed', async () => {
  const first = await preview();
  expect(first).toMatchObject({ status: 'ready', isNew: true });
  await expect(create({ version: '2.0.0', previewId: first.id })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('another deployment'),
  });
  await expect(create({ previewId: uuidv7() })).rejects.toMatchObject({ code: 'not_found' });
  exists();
  await server.settled();
  const late = await create({ previewId: first.id });
  await carryOut();
  const view = () => ask(context, actor(), getDeployment, { id: late.id });
  expect(await view()).toMatchObject({ status: 'failed', failure: { code: 'PREVIEW_OUT_OF_DATE' } });
  const waiting = await execute(context, actor(), previewDeployment, { byTag: true, ...plan });
  await expect(create({ previewId: waiting.id })).rejects.toMatchObject({ code: 'conflict' });
});
