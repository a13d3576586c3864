import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clusters } from '#db/schema/clusters.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { agentDeployments } from '#lib/deployments/agent-deployments.ts';
import { createDeployment } from '#lib/deployments/create-deployment.ts';
import { deploymentBefore } from '#lib/deployments/deployment-before.ts';
import { deploymentStart } from '#lib/deployments/deployment-start.ts';
import { passGate } from '#lib/deployments/judging/pass-gate.ts';
import { createFreezeWindow } from '#lib/deployments/policies/freeze-windows.ts';
import { setDeploymentPolicy } from '#lib/deployments/policies/policy-verbs.ts';
import { previewDeployment, readPreview } from '#lib/deployments/preview-deployment.ts';
import { getDeployment } from '#lib/deployments/queries.ts';
import { rollBackDeployment } from '#lib/deployments/rolling-back/roll-back.ts';
import { deploymentGateSchema } from '#lib/model/deployment-gate.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { Cluster } from '#lib/ports/cluster/port.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeDeployment, noImages, silentMeter } from '#lib/testing/deployments.ts';
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
  ...context.deps,
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
  expect(view.events).toContainEqual(
    expect.objectContaining({ code: 'approval.needed', message: 'Needs 1 approval' }),
  );
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

test('a preview warns where the workload is paused: nothing would roll out', async () => {
  exists();
  expect((await preview()).warnings).not.toContainEqual(expect.stringContaining('paused'));
  server.cluster.edit('deployments', 'agents', plan.workload ?? '', (draft) => {
    (draft.spec as { paused?: boolean }).paused = true;
  });
  expect((await preview()).warnings).toContainEqual(expect.stringContaining('The workload is paused'));
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

test('deployment S-04: who confirms a preview names each manager that loses fields, and the ledger says whose', async () => {
  exists(undefined, 'kubectl');
  const { id: previewId } = await preview();
  const confirm = (forceManagers: string[], more = {}) => create({ previewId, forceManagers, ...more });
  const unnamed = { code: 'conflict', issues: [{ path: 'forceManagers' }] };
  await expect(confirm(['helm'])).rejects.toMatchObject(unnamed);
  await expect(confirm(['kubectl', 'helm'])).rejects.toMatchObject(unnamed);
  await expect(confirm(['kubectl'], { previewId: undefined })).rejects.toMatchObject(unnamed);
  const { id } = await confirm(['kubectl']);
  const [audit] = await listAuditRows(world.db, teamId, 1);
  expect(audit).toMatchObject({ action: 'deployment.create', targetId: id });
  expect(JSON.stringify(audit)).toMatch(/managersLosingFields.*kubectl/);
  await carryOut();
  expect(await ask(context, actor(), getDeployment, { id })).toMatchObject({ status: 'completed' });
});

test('deployment S-15, S-55: what waits its turn is applied to what the one before it leaves, whatever was previewed', async () => {
  exists();
  const { id: previewId, active } = await preview({ version: '2.0.0' });
  expect(active).toBeNull();
  const first = await create();
  // Who confirms is told before it is refused.
  expect(await ask(context, actor(), readPreview, { id: previewId })).toMatchObject({
    active: { id: first.id, version: '1.0.0', isPaused: false },
  });
  const refused = create({ version: '2.0.0', previewId });
  await expect(refused).rejects.toMatchObject({ code: 'conflict', issues: [{ path: 'queue' }] });
  const second = await create({ version: '2.0.0', previewId, queue: true });
  await carryOut();
  await carryOut();
  for (const { id } of [first, second])
    expect(await ask(context, actor(), getDeployment, { id })).toMatchObject({ status: 'completed' });
});

const ofAgent = (role: 'viewer' | 'developer' = 'developer') =>
  ask(context, actor(role), agentDeployments, { agentId: plan.agentId ?? '' });

test('deployment S-41, S-44: the page of an agent says what runs, and any deployment that worked returns by its own id', async () => {
  expect(await ofAgent()).toEqual({ workloads: [], history: { items: [], nextCursor: null } });
  const first = await create();
  await carryOut();
  const second = await create({ version: '2.0.0' });
  expect(await ofAgent()).toMatchObject({
    workloads: [{ running: { version: '1.0.0' }, after: { id: second.id, status: 'pending' } }],
    history: { items: [{ id: second.id }, { id: first.id, isRunning: false }] },
  });
  await carryOut();
  const { workloads, history } = await ofAgent();
  expect(workloads).toMatchObject([
    { running: { id: second.id }, after: null, takesBack: { id: second.id } },
  ]);
  expect(history.items).toMatchObject([
    { id: second.id, isRunning: true, returnsBy: null },
    { id: first.id, isRunning: false, returnsBy: second.id },
  ]);
  expect((await ofAgent('viewer')).workloads[0]?.takesBack?.can).toMatchObject({ allowed: false });
  const back = await execute(context, actor(), rollBackDeployment, {
    id: history.items[1]?.returnsBy ?? '',
    toDeploymentId: first.id,
  });
  expect((await ofAgent()).workloads[0]?.takesBack?.can).toMatchObject({ allowed: false });
  await carryOut();
  expect(await ofAgent()).toMatchObject({
    workloads: [{ running: { id: back.id, version: '1.0.0', kind: 'rollback' }, after: null }],
    history: {
      items: [{ isRunning: true }, { status: 'rolled_back', returnsBy: back.id }, { id: first.id }],
    },
  });
});

test('deployment S-46: the deployment before a moment is found within a window, and is taken back by who may', async () => {
  const agentId = plan.agentId ?? '';
  const before = (at: number, withinMs = 7_200_000, role: 'viewer' | 'developer' = 'developer') =>
    ask(context, actor(role), deploymentBefore, { agentId, at, withinMs });
  await create();
  await carryOut();
  const { id } = await create({ version: '2.0.0' });
  await carryOut();
  const { finishedAt, startedAt } = await ask(context, actor(), getDeployment, { id });
  if (finishedAt === null || startedAt === null) throw new Error('It was not completed.');
  expect(await before(finishedAt + 60_000)).toMatchObject({
    ...{ deployment: { id, version: '2.0.0' }, later: null, rollBack: { allowed: true } },
  });
  expect(await before(finishedAt + 60_000, 60_000)).toMatchObject({ deployment: { id } });
  expect(await before(finishedAt + 60_001, 60_000)).toBeNull();
  expect((await before(startedAt - 1))?.deployment.version).toBe('1.0.0');
  expect(await before(finishedAt, 0, 'viewer')).toMatchObject({
    rollBack: { allowed: false, reason: expect.stringContaining('deployments:rollback') },
  });
  const later = await execute(context, actor(), rollBackDeployment, { id });
  const rolling = {
    rollBack: { allowed: false, reason: 'It is being rolled back.' },
    later: { id: later.id },
  };
  expect(await before(finishedAt)).toMatchObject(rolling);
  await carryOut();
  expect((await before(finishedAt))?.rollBack).toEqual({ allowed: false, reason: 'It was rolled back.' });
});

test('a new deployment begins where the last one of its agent went, and says who must approve and what holds', async () => {
  const start = () => ask(context, actor(), deploymentStart, { agentId: plan.agentId ?? '' });
  expect(await start()).toMatchObject({ environment: 'production', last: null, freeze: null });
  await create();
  const policy = { environment: 'production', approvalsNeeded: 2, autoRollback: false, approvalMinutes: 30 };
  await execute(context, actor('admin'), setDeploymentPolicy, policy);
  const now = Date.now();
  const window = { name: 'Black Friday', startsAt: now - 1000, endsAt: now + 3_600_000 };
  await execute(context, actor('admin'), createFreezeWindow, window);
  const { agentId: _agent, ...place } = plan;
  expect(await start()).toMatchObject({
    ...{
      last: { ...place, repositoryId: null, status: 'pending' },
      freeze: { name: 'Black Friday', endsAt: window.endsAt },
    },
    policy: { approvalsNeeded: 2, approvalMinutes: 30, autoRollback: false },
  });
});

test('a deployment keeps the gate that its environment had when it was asked for, or a stricter one of its own', async () => {
  const policy = { environment: 'production', approvalsNeeded: 0 };
  const set = (gate: object | null) =>
    execute(context, actor('admin'), setDeploymentPolicy, { ...policy, gate });
  await set({ durationSeconds: 600 });
  await expect(create({ gate: { durationSeconds: 60 } })).rejects.toMatchObject({
    ...{ code: 'invalid', issues: [{ path: 'gate.durationSeconds' }] },
  });
  const { id } = await create({ gate: { durationSeconds: 900 } });
  await set(null);
  expect(await ask(context, actor('viewer'), getDeployment, { id })).toMatchObject({
    gate: { state: 'waiting', gate: { durationSeconds: 900, onUndecided: 'pause' }, looks: [] },
  });
  const unknown = { definition: { queries: [{ source: 'nobody', template: 'x' }] } };
  const issues = [{ path: 'gate.definition.queries.0.source' }];
  await expect(set(unknown)).rejects.toMatchObject({ code: 'invalid', issues });
  await expect(create({ gate: unknown, queue: true })).rejects.toMatchObject({ code: 'invalid', issues });
});

test('a gate is opened by those who approve, and not by who asked where approvals are needed', async () => {
  const under = {
    status: 'in_progress',
    startedAt: new Date(),
    gate: deploymentGateSchema.parse({}),
  } as const;
  const own = { requestedBy: { kind: 'user', id: userId }, requestedByName: 'Anna' } as const;
  const { id } = await makeDeployment(world, teamId, { ...under, ...own, approvalsNeeded: 1 });
  const pass = (by: 'viewer' | 'developer', as = userId) =>
    execute(context, userActor(teamId, by, { userId: as }), passGate, { id });
  await expect(pass('viewer', uuidv7())).rejects.toMatchObject({ code: 'forbidden' });
  await expect(pass('developer')).rejects.toMatchObject({ code: 'conflict' });
  await pass('developer', uuidv7());
  expect((await listAuditRows(world.db, teamId, 1))[0]).toMatchObject({
    ...{ action: 'deployment.pass-gate', targetId: id, outcome: 'ok' },
  });
  await expect(pass('developer', uuidv7())).rejects.toMatchObject({ code: 'conflict' });
});
