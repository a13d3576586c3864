import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clusters } from '#db/schema/clusters.ts';
import { deployments } from '#db/schema/deployments.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { cancelDeployment } from '#lib/deployments/cancel-deployment.ts';
import { createDeployment } from '#lib/deployments/create-deployment.ts';
import type { DeploymentRecord } from '#lib/deployments/move-deployment.ts';
import { getDeployment } from '#lib/deployments/queries.ts';
import { rollBackDeployment } from '#lib/deployments/rolling-back/roll-back.ts';
import { createLog } from '#lib/kernel/log.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { DEPLOYMENT_ID } from '#lib/model/workload-keys.ts';
import { createOutboundClient } from '#lib/outbound/client.ts';
import { createGitHub } from '#lib/ports/code-host/github/github.ts';
import { connectRepository } from '#lib/repositories/connect-repository.ts';
import { disconnectRepository } from '#lib/repositories/disconnect-repository.ts';
import { tellStatuses } from '#lib/repositories/outbox/tell-statuses.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { silentMeter } from '#lib/testing/deployments.ts';
import { makeAgent, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { GitHubStandIn } from '#tests/github/stand-in.ts';
import { begin, complete, fail, note } from './settle.ts';
import { tellHosts } from './tell-hosts.ts';

const SHA = 'c'.repeat(40);
const outbound = createOutboundClient({ policy: LOOPBACK, timeoutMs: 5000, maxResponseBytes: 1024 * 1024 });
let world: World;
let context: ReturnType<typeof commandContext>;
let github: GitHubStandIn;
let actor: ReturnType<typeof userActor>;
let repositoryId: string;
let plan: Record<string, string>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  github = await new GitHubStandIn().start();
  context = commandContext(world, { features: everyFeature });
  const teamId = (await makeTeam(world)).id;
  actor = userActor(teamId, 'admin', { userId: (await makeMember(world, teamId, 'admin')).id });
  repositoryId = await connect(actor);
  const agent = await makeAgent(world, teamId, { name: 'Checkout', environment: 'production' });
  const clusterId = uuidv7();
  const namespaces = ['agents'];
  await world.db
    .insert(clusters)
    .values({ id: clusterId, teamId, name: 'prod-eu', accessFrom: 'in-cluster', namespaces });
  plan = {
    ...{ agentId: agent.id, clusterId, namespace: 'agents', workload: 'checkout' },
    ...{ container: 'agent', image: 'registry.example.test/agent' },
  };
  return async () => {
    await github.stop();
    expect(github.violations).toEqual([]);
  };
});
afterAll(async () => {
  await outbound.close();
  await world.close();
});

async function connect(by: typeof actor): Promise<string> {
  const { appId, installationId, privateKey } = github;
  const credential = { kind: 'app', appId, installationId, privateKey };
  const input = { fullName: github.repository, hostUrl: github.url, credential };
  return (await execute(context, by, connectRepository, input)).id;
}

const tools = () => ({ db: world.db, announce: () => {}, meter: silentMeter });
const ship = (version: string, source: { repositoryId?: string; sha?: string } = {}) =>
  execute(context, actor, createDeployment, {
    ...{ ...plan, version, source: { repositoryId, sha: SHA, ...source } },
  });
async function row(id: string): Promise<DeploymentRecord> {
  const [found] = await world.db.select().from(deployments).where(eq(deployments.id, id));
  if (!found) throw new Error('there is no such deployment');
  return found;
}
/** As the worker carries it out: it is applied, and the cluster takes it. */
async function carryOut(id: string): Promise<DeploymentRecord> {
  const begun = await begin(tools(), await row(id));
  const containers = [{ name: 'agent', image: `registry.example.test/agent:${begun.version}` }];
  const manifest = {
    metadata: { name: 'checkout', annotations: { [DEPLOYMENT_ID]: id } },
    spec: { template: { spec: { containers } } },
  };
  return note(tools(), begun, { code: 'applied', set: { manifest, previousManifest: manifest } });
}
/** Everything that waits, as the loops of a worker tell it. */
async function tellAll(): Promise<void> {
  while ((await tellHosts(world.db)).done > 0);
  const host = createGitHub({ send: outbound.send, now: Date.now });
  const worker = { sealer: context.deps.sealer, log: createLog('test', 'silent'), host: async () => host };
  while ((await tellStatuses({ db: world.db, ...worker, appUrl: 'https://p.test' })).done > 0);
}
const told = () => {
  const refs = new Map(github.deployments.map(({ id, body }) => [id, body.ref]));
  return github.statuses.map(({ deploymentId, state }) => `${String(refs.get(deploymentId))[0]} ${state}`);
};

test('deployment S-91, S-92: its host is told how a deployment of a commit goes, each status once, by whoever made the change', async () => {
  const { id } = await ship('1.0.0');
  await tellAll();
  const applied = await carryOut(id);
  await tellAll();
  await complete(tools(), applied, 'The rollout is complete.', {});
  await tellAll();
  await tellAll();
  expect(told()).toEqual(['c queued', 'c in_progress', 'c success']);
  expect(github.deployments).toMatchObject([{ body: { ref: SHA, environment: 'production' } }]);
  const next = await ship('1.1.0', { sha: 'd'.repeat(40) });
  await execute(context, actor, cancelDeployment, { id: next.id });
  await tellAll();
  expect(told().slice(3)).toEqual(['d queued', 'd inactive']);
  expect(await ask(context, actor, getDeployment, { id })).toMatchObject({
    source: { repositoryId, sha: SHA },
  });
});

test('deployment S-91: what returns is told to be there again, as the commit that it was made of', async () => {
  const first = await ship('1.0.0', { sha: 'a'.repeat(40) });
  await complete(tools(), await carryOut(first.id), 'complete', {});
  const second = await ship('1.1.0', { sha: 'b'.repeat(40) });
  await complete(tools(), await carryOut(second.id), 'complete', {});
  await tellAll();
  const back = await execute(context, actor, rollBackDeployment, {
    ...{ id: second.id, toDeploymentId: first.id },
  });
  await complete(tools(), await carryOut(back.id), 'complete', {});
  github.statuses.length = 0;
  await tellAll();
  expect(told()).toEqual(expect.arrayContaining(['b inactive', 'a queued', 'a in_progress', 'a success']));
  expect(github.deployments).toHaveLength(3);
  expect(told().filter((each) => each === 'a inactive')).toEqual([]);
});

test('deployment S-91: a cluster that takes nothing is an error, a version that does not start is a failure', async () => {
  const ends = [
    { code: 'APPLY_TIMEOUT', state: 'c error' },
    { code: 'ROLLOUT_FAILED', state: 'c failure' },
  ] as const;
  for (const { code, state } of ends) {
    const { id } = await ship('1.0.0');
    await fail(tools(), await carryOut(id), code, 'It did not go well.');
    await tellAll();
    expect(told().at(-1)).toBe(state);
  }
});

test('deployment S-92: a repository that was disconnected meanwhile holds nothing up', async () => {
  const { id } = await ship('1.0.0');
  await execute(context, actor, disconnectRepository, { id: repositoryId });
  await complete(tools(), await carryOut(id), 'complete', {});
  await tellAll();
  expect(github.statuses).toEqual([]);
  expect(await row(id)).toMatchObject({ status: 'completed', seq: 4, hostToldSeq: 4 });
});

test('security Z4: nothing is deployed from a repository of another team', async () => {
  const other = (await makeTeam(world)).id;
  const stranger = userActor(other, 'admin', { userId: (await makeMember(world, other, 'admin')).id });
  const theirs = await connect(stranger);
  await expect(ship('1.0.0', { repositoryId: theirs })).rejects.toMatchObject({ code: 'not_found' });
  await expect(ship('1.0.0', { sha: 'main' })).rejects.toMatchObject({ code: 'invalid' });
});
