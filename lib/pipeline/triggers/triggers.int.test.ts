import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clusters } from '#db/schema/clusters.ts';
import { memberships } from '#db/schema/members.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { createFreezeWindow } from '#lib/deployments/policies/freeze-windows.ts';
import { getDeployment, listDeployments } from '#lib/deployments/queries.ts';
import { createLog } from '#lib/kernel/log.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createOutboundClient } from '#lib/outbound/client.ts';
import { createGitHub } from '#lib/ports/code-host/github/github.ts';
import { connectRepository } from '#lib/repositories/connect-repository.ts';
import { listWebhookDeliveries } from '#lib/repositories/queries.ts';
import { settleDeliveries } from '#lib/repositories/webhooks/settle-deliveries.ts';
import { findHooked, storeDelivery } from '#lib/repositories/webhooks/store-delivery.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeDeployment } from '#lib/testing/deployments.ts';
import { makeAgent, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { GitHubStandIn } from '#tests/github/stand-in.ts';
import { describeSources } from './describe-sources.ts';
import { createTrigger, deleteTrigger, listTriggers, runTrigger, updateTrigger } from './manage-triggers.ts';
import { runTriggers, type TriggerTools } from './run-triggers.ts';

/** The commit of everything in the stand-in. */
const SHA = 'c'.repeat(40);
const PUSHED = 'd'.repeat(40);
const outbound = createOutboundClient({ policy: LOOPBACK, timeoutMs: 5000, maxResponseBytes: 1024 * 1024 });
const ALLOWED = [
  { event: 'push', ref: 'main', workflow: null, environment: 'production' },
  { event: 'release', ref: '**', workflow: null, environment: 'production' },
  { event: 'workflow_run', ref: 'main', workflow: 'build.yml', environment: 'production' },
];

let world: World;
let context: ReturnType<typeof commandContext>;
let github: GitHubStandIn;
let tools: TriggerTools;
let teamId: string;
let actor: ReturnType<typeof userActor>;
let repositoryId: string;
let values: {
  agentId: string;
  clusterId: string;
  namespace: string;
  workload: string;
  container: string;
  image: string;
};
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  github = await new GitHubStandIn().start();
  context = commandContext(world, { features: everyFeature });
  teamId = (await makeTeam(world)).id;
  const { id: userId } = await makeMember(world, teamId, 'admin', { name: 'Anna' });
  actor = userActor(teamId, 'admin', { userId, name: 'Anna' });
  const { appId, installationId, privateKey } = github;
  const credential = { kind: 'app', appId, installationId, privateKey };
  const repository = { fullName: github.repository, hostUrl: github.url, credential, allowed: ALLOWED };
  repositoryId = (await execute(context, actor, connectRepository, repository)).id;
  const agent = await makeAgent(world, teamId, { name: 'Checkout', environment: 'production' });
  const clusterId = uuidv7();
  await world.db
    .insert(clusters)
    .values({ id: clusterId, teamId, name: 'prod-eu', accessFrom: 'in-cluster', namespaces: ['agents'] });
  values = {
    ...{ agentId: agent.id, clusterId, namespace: 'agents', workload: 'checkout' },
    ...{ container: 'agent', image: 'registry.example.test/agent' },
  };
  const host = createGitHub({ send: outbound.send, now: Date.now });
  tools = {
    ...{ db: world.db, sealer: context.deps.sealer, log: createLog('test', 'silent') },
    ...{ host: async () => host, appUrl: 'https://p.test', announce: () => {} },
  };
  return async () => {
    await github.stop();
    expect(github.violations).toEqual([]);
    await world.ownerSql`delete from deployments`;
  };
});
afterAll(async () => {
  await outbound.close();
  await world.close();
});

const make = async (more: object = {}) =>
  (
    await execute(context, actor, createTrigger, {
      ...{ repositoryId, event: 'push', ref: 'main', tag: 'main-{short_sha}', ...values, ...more },
    })
  ).id;

async function deliver(parsed: object, event = 'push', guid = uuidv7()): Promise<boolean> {
  const found = await findHooked({ db: world.db, sealer: context.deps.sealer }, repositoryId);
  if (!found) throw new Error('it is not connected');
  const body = Buffer.from(JSON.stringify({ ...parsed, repository: { full_name: github.repository } }));
  const all = { ...parsed, repository: { full_name: github.repository } };
  return storeDelivery(world.db, found, { guid, event, hookId: '1', body, parsed: all });
}
const push = (ref = 'refs/heads/main') => ({ ref, after: PUSHED });
/** As the loop of a worker does it, as often as it takes. */
async function work(): Promise<void> {
  await settleDeliveries(world.db);
  await world.sql`update trigger_runs set next_at = '2000-01-01Z'`;
  await runTriggers(tools);
}
const shipped = async () => (await ask(context, actor, listDeployments, {})).items;
const get = (id: string) => ask(context, actor, getDeployment, { id });
const lastRun = async () => (await ask(context, actor, listTriggers, {})).items[0]?.runs[0];

test('deployment S-87, S-89: one signed push that a rule allows starts one deployment, delivered and worked on five times at once', async () => {
  const id = await make();
  const guid = uuidv7();
  const news = await Promise.all(Array.from({ length: 5 }, () => deliver(push(), 'push', guid)));
  expect(news.filter(Boolean)).toHaveLength(1);
  await Promise.all(Array.from({ length: 5 }, () => settleDeliveries(world.db)));
  await Promise.all(Array.from({ length: 5 }, () => runTriggers(tools)));
  const [made, ...more] = await shipped();
  expect(more).toEqual([]);
  expect(made).toMatchObject({
    ...{ version: 'main-ddddddd', status: 'pending', environment: 'production', gitRef: 'refs/heads/main' },
    requestedBy: `Anna (trigger of ${github.repository})`,
  });
  const detail = await get(made?.id ?? '');
  expect(detail).toMatchObject({
    source: { repositoryId, sha: PUSHED },
    changeCause: 'push from main of octo/agents',
    events: [{ code: 'created', message: 'push from main of octo/agents', actor: { kind: 'system' } }],
  });
  expect(await lastRun()).toMatchObject({ status: 'started', deploymentId: made?.id, sha: PUSHED });
  const { items } = await ask(context, actor, listWebhookDeliveries, { id: repositoryId });
  expect(items).toMatchObject([
    { result: 'allowed', started: [{ status: 'started', deploymentId: made?.id }] },
  ]);
  const ledger = await listAuditRows(world.db, teamId, 50);
  expect(ledger.filter(({ action }) => action === 'deployment.create')).toMatchObject([
    { targetId: made?.id },
  ]);
  const [entry] = await world.sql<{ text: string }[]>`
    select row_to_json(audit_log)::text as text from audit_log where action = 'deployment.create' and team_id = ${teamId}`;
  expect(entry?.text).toContain(id);
  expect(entry?.text).toContain('inTheNameOf');
});

test.each<[string, object, object, string]>([
  ['another branch', {}, push('refs/heads/other'), 'push'],
  ['a fork', {}, { ...push(), repository: { full_name: 'octo/agents', fork: true } }, 'push'],
  ['another event', { event: 'release', ref: '**', tag: '{version}' }, push(), 'push'],
  ['a trigger that is switched off', { isEnabled: false }, push(), 'push'],
])('deployment S-89: %s starts nothing', async (_what, trigger, payload, event) => {
  await make(trigger);
  const found = await findHooked({ db: world.db, sealer: context.deps.sealer }, repositoryId);
  const parsed = { repository: { full_name: github.repository }, ...payload };
  if (found)
    await storeDelivery(world.db, found, {
      ...{ guid: uuidv7(), event, hookId: '1' },
      body: Buffer.from(JSON.stringify(parsed)),
      parsed,
    });
  await work();
  expect(await shipped()).toEqual([]);
  expect(await lastRun()).toBeUndefined();
});

test('deployment S-89: a rule for one environment starts nothing in another, and it is said', async () => {
  const staging = await makeAgent(world, teamId, { name: 'Checkout', environment: 'staging' });
  await make({ agentId: staging.id });
  await deliver(push());
  await work();
  expect(await shipped()).toEqual([]);
  expect(await lastRun()).toMatchObject({ status: 'failed', message: 'No rule allows this for staging.' });
});

test('a release is deployed as the commit that its tag is', async () => {
  await make({ event: 'release', ref: 'v*', tag: '{version}' });
  const released = { action: 'published', release: { tag_name: 'v1.2.0', draft: false } };
  await deliver(released, 'release');
  await work();
  expect(await shipped()).toMatchObject([{ version: '1.2.0', gitRef: 'refs/tags/v1.2.0' }]);
  expect(await lastRun()).toMatchObject({ sha: SHA, status: 'started' });
});

test('deployment S-93: a build is started once, followed by its run, and deployed when it has succeeded', async () => {
  await make({ tag: '{sha}', build: { workflow: 'build.yml', input: 'pitwall' } });
  github.runState = { status: 'in_progress', conclusion: null };
  await deliver(push());
  await work();
  expect(await lastRun()).toMatchObject({ status: 'building', hostRunId: github.runs[0]?.id });
  await work();
  await work();
  expect(await shipped()).toEqual([]);
  expect(github.countOf('actions/create-workflow-dispatch')).toBe(1);
  github.runState = { status: 'completed', conclusion: 'success' };
  await work();
  const [made] = await shipped();
  expect(made).toMatchObject({ version: SHA });
  await describeSources(tools);
  const detail = await get(made?.id ?? '');
  expect(detail.source?.run).toMatchObject({ id: github.runs[0]?.id, conclusion: 'success' });
});

function namelessRuns(): void {
  github.namesRuns = false;
}

test.each([
  ['names no run', namelessRuns],
  ['loses its answer', () => github.fail('actions/create-workflow-dispatch', 'lost')],
])('deployment S-93: a host that %s starts no second build', async (_how, spoil) => {
  spoil();
  await make({ build: { workflow: 'build.yml', input: 'pitwall' } });
  await deliver(push());
  await work();
  await work();
  expect(github.countOf('actions/create-workflow-dispatch')).toBe(1);
  expect(await lastRun()).toMatchObject({ status: 'started', hostRunId: github.runs[0]?.id });
});

test('a build that fails deploys nothing, and neither does one whose run nobody could tell', async () => {
  const id = await make({ build: { workflow: 'build.yml', input: null } });
  github.runState = { status: 'completed', conclusion: 'failure' };
  await execute(context, actor, runTrigger, { id, ref: 'main' });
  await work();
  await work();
  expect(await lastRun()).toMatchObject({ status: 'failed', message: expect.stringContaining('failure') });
  github.namesRuns = false;
  await execute(context, actor, runTrigger, { id, ref: 'main' });
  await work();
  expect(await lastRun()).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('name an input'),
  });
  expect(await shipped()).toEqual([]);
});

test('deployment S-95: a host that wants no more requests is not asked until then, and nothing is lost by it', async () => {
  const id = await make();
  github.fail('repos/get-commit', { status: 429, headers: { 'retry-after': '30' } });
  await execute(context, actor, runTrigger, { id, ref: 'main' });
  await work();
  const before = github.asked.length;
  await work();
  expect(github.asked).toHaveLength(before);
  expect(await lastRun()).toMatchObject({ status: 'waiting' });
});

test('security Z13: what somebody may not any more, their triggers may not either; a freeze holds them too', async () => {
  const id = await make();
  const freeze = { name: 'Holidays', startsAt: Date.now() - 1000, endsAt: Date.now() + 3_600_000 };
  await execute(context, actor, createFreezeWindow, freeze);
  await deliver(push());
  await work();
  expect(await lastRun()).toMatchObject({ status: 'failed', message: expect.stringContaining('Holidays') });
  await world.db.delete(memberships);
  await deliver({ ...push(), before: 'x' });
  await work();
  expect(await lastRun()).toMatchObject({ message: 'Anna may no longer deploy.' });
  expect(await shipped()).toEqual([]);
  const viewer = userActor(teamId, 'viewer');
  await expect(execute(context, viewer, runTrigger, { id, ref: 'main' })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('security Z4: triggers are of their team, and lead to agents, clusters and repositories of it', async () => {
  const id = await make();
  const other = userActor((await makeTeam(world)).id, 'admin');
  const { repositoryId: _, ...rest } = { repositoryId, event: 'push', ref: 'main', tag: '{sha}', ...values };
  for (const [verb, input] of [
    [updateTrigger, { id, ...rest }],
    [deleteTrigger, { id }],
    [runTrigger, { id, ref: 'main' }],
    [createTrigger, { repositoryId, ...rest }],
  ] as const)
    await expect(execute(context, other, verb as typeof deleteTrigger, input)).rejects.toMatchObject({
      code: 'not_found',
    });
  expect((await ask(context, other, listTriggers, {})).items).toEqual([]);
  await expect(make({ agentId: uuidv7() })).rejects.toMatchObject({ code: 'not_found' });
  await expect(make({ namespace: 'kube-system' })).rejects.toMatchObject({ code: 'invalid' });
  await expect(make({ tag: '{secret}' })).rejects.toMatchObject({ code: 'invalid' });
  await execute(context, actor, updateTrigger, { id, ...rest, isEnabled: false });
  expect((await ask(context, actor, listTriggers, {})).items).toMatchObject([
    { id, tag: '{sha}', isEnabled: false, owner: 'Anna', agent: { name: 'Checkout' } },
  ]);
  await execute(context, actor, deleteTrigger, { id });
  expect((await ask(context, actor, listTriggers, {})).items).toEqual([]);
});

test('a deployment shows its commit, its pull request and what is new against what ran before', async () => {
  github.pulls = [];
  const where = { clusterId: values.clusterId, workloadName: 'checkout', repositoryId };
  const ran = { ...where, sha: 'a'.repeat(40), status: 'completed' as const, manifest: {} };
  await makeDeployment(world, teamId, { ...ran, version: '1.0.0' });
  await make();
  await deliver(push());
  await work();
  const [made] = await shipped();
  expect(await describeSources(tools)).toBe(1);
  const detail = await get(made?.id ?? '');
  expect(detail.source).toMatchObject({
    commit: { sha: PUSHED, message: 'Change d', author: 'Mona' },
    ...{ pullRequest: null, run: null, error: null },
  });
  expect(detail.releaseNotes).toMatchObject({ baseSha: 'a'.repeat(40), total: 2, commits: [{}, {}] });
  const compared = github.asked.find(({ operation }) => operation.startsWith('repos/compare'));
  expect(compared?.params.basehead).toBe(`${'a'.repeat(40)}...${PUSHED}`);
  // It was asked; nothing is due.
  expect(await describeSources(tools)).toBe(0);
});

test('a host that does not answer leaves a deployment as it is, and is asked again', async () => {
  github.fail('repos/get-commit', { status: 500 });
  await make();
  await deliver(push());
  await work();
  const [made] = await shipped();
  await describeSources(tools);
  expect((await get(made?.id ?? '')).source).toMatchObject({ commit: null, error: 'GitHub answered 500.' });
  await world.sql`update deployments set source_due_at = '2000-01-01Z' where source_due_at is not null`;
  await describeSources(tools);
  expect((await get(made?.id ?? '')).source).toMatchObject({ commit: { sha: PUSHED }, error: null });
});
