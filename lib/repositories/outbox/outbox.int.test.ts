import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hostDeployments, hostStatuses, repositories } from '#db/schema/repositories.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { createLog } from '#lib/kernel/log.ts';
import { DEPLOYMENT_STATUSES, type DeploymentStatus } from '#lib/model/deployment-status.ts';
import { hostStateOf } from '#lib/model/host-state.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createOutboundClient } from '#lib/outbound/client.ts';
import { createGitHub } from '#lib/ports/code-host/github/github.ts';
import { commandContext, everyFeature, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { GitHubStandIn } from '#tests/github/stand-in.ts';
import { connectRepository } from '../connect-repository.ts';
import { listRepositories } from '../queries.ts';
import { testRepository } from '../test-repository.ts';
import { storeDelivery } from '../webhooks/store-delivery.ts';
import { checkRepositories } from './check-repositories.ts';
import { enqueueHostStatus, showAtHost } from './enqueue-status.ts';
import { reconcileDeliveries } from './reconcile-deliveries.ts';
import { type HostTools, tellStatuses } from './tell-statuses.ts';

const SHA = 'c'.repeat(40);
const outbound = createOutboundClient({ policy: LOOPBACK, timeoutMs: 5000, maxResponseBytes: 1024 * 1024 });
let world: World;
let context: ReturnType<typeof commandContext>;
let github: GitHubStandIn;
let admin: ReturnType<typeof userActor>;
let repositoryId: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await world.db.delete(repositories);
  github = await new GitHubStandIn().start();
  context = commandContext(world, { features: everyFeature });
  const teamId = (await makeTeam(world)).id;
  admin = userActor(teamId, 'admin', { userId: (await makeMember(world, teamId, 'admin')).id });
  repositoryId = await connect();
  return async () => {
    await github.stop();
    expect(github.violations).toEqual([]);
  };
});
afterAll(async () => {
  await outbound.close();
  await world.close();
});

async function connect(hostUrl = github.url): Promise<string> {
  const { appId, installationId, privateKey } = github;
  const credential = { kind: 'app', appId, installationId, privateKey };
  const input = { fullName: github.repository, hostUrl, credential };
  return (await execute(context, admin, connectRepository, input)).id;
}

/** What a worker works with: each has its own gate and tokens. */
function worker(): HostTools {
  const host = createGitHub({ send: outbound.send, now: Date.now });
  const log = createLog('test', 'silent');
  return { db: world.db, sealer: context.deps.sealer, log, host: async () => host, appUrl: 'https://p.test' };
}

async function show(values: { environment?: string; isProduction?: boolean } = {}): Promise<string> {
  const deploymentId = uuidv7();
  const where = { deploymentId, teamId: admin.teamId, repositoryId, sha: SHA };
  await world.db.transaction((tx) =>
    showAtHost(tx, { ...where, environment: 'staging', isProduction: false, ...values }),
  );
  return deploymentId;
}

const enqueue = (deploymentId: string, ...statuses: DeploymentStatus[]) =>
  world.db.transaction(async (tx) => {
    for (const status of statuses) await enqueueHostStatus(tx, deploymentId, { status, description: status });
  });
/** Brings the next attempts forward, as time would. */
const hurry = () => world.sql`update host_statuses set next_attempt_at = now() where outcome = 'queued'`;
const told = () => github.statuses.map(({ body }) => body.description);
const outcomes = async (deploymentId: string) =>
  (await world.db.select().from(hostStatuses).where(eq(hostStatuses.deploymentId, deploymentId)))
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ outcome }) => outcome);

async function tellAll(tools = worker()): Promise<void> {
  while ((await tellStatuses(tools)).done > 0);
}

test('deployment S-91: every status has a state that GitHub knows, and trouble of the cluster is an error', () => {
  const states = Object.fromEntries(DEPLOYMENT_STATUSES.map((status) => [status, hostStateOf(status)]));
  expect(states).toEqual({
    ...{ pending: 'queued', awaiting_approval: 'queued', in_progress: 'in_progress', completed: 'success' },
    ...{ failed: 'failure', cancelled: 'inactive', superseded: 'inactive', rolled_back: 'inactive' },
  });
  expect(hostStateOf('failed', true)).toBe('error');
});

test('deployment S-91, S-92: the statuses of a deployment are told in their order, with where it is shown here', async () => {
  const id = await show();
  await enqueue(id, 'pending', 'in_progress', 'completed');
  await tellAll();
  expect(github.statuses.map(({ state }) => state)).toEqual(['queued', 'in_progress', 'success']);
  expect(github.deployments).toMatchObject([{ body: { ref: SHA, payload: { deploymentId: id } } }]);
  expect(github.statuses[0]?.body.log_url).toBe(`https://p.test/deployments/${id}`);
  const [shown] = await world.db.select().from(hostDeployments).where(eq(hostDeployments.deploymentId, id));
  expect(shown?.hostId).toBe(github.deployments[0]?.id);
  await enqueue(uuidv7(), 'completed');
  expect((await tellStatuses(worker())).done).toBe(0);
});

test('deployment S-92: what could not be told holds back what comes after it, and no other deployment', async () => {
  const [first, second] = [await show(), await show()];
  await enqueue(first, 'pending');
  await tellAll();
  github.fail('repos/create-deployment-status', { status: 502 });
  await enqueue(first, 'in_progress', 'completed');
  await tellAll();
  await enqueue(second, 'failed');
  await tellAll();
  expect(told()).toEqual(['pending', 'failed']);
  expect(await outcomes(first)).toEqual(['told', 'queued', 'queued']);
  await hurry();
  await tellAll();
  expect(told()).toEqual(['pending', 'failed', 'in_progress', 'completed']);
});

test('deployment S-92: two workers tell each status once, and a deployment whose answer was lost is made once', async () => {
  const ids = [await show(), await show(), await show()];
  for (const id of ids) await enqueue(id, 'pending', 'in_progress', 'completed');
  github.fail('repos/create-deployment', 'lost');
  const workers = [worker(), worker()];
  const isDone = async () =>
    (await world.sql`select 1 from host_statuses where outcome = 'queued'`).length === 0;
  while (!(await isDone())) {
    await Promise.all(workers.map(tellAll));
    await hurry();
  }
  expect(github.deployments).toHaveLength(3);
  for (const { id } of github.deployments)
    expect(github.statuses.filter((each) => each.deploymentId === id).map(({ state }) => state)).toEqual([
      ...['queued', 'in_progress', 'success'],
    ]);
});

test('deployment S-92: who has lost a lease writes nothing, and the next worker tells it', async () => {
  const id = await show();
  await enqueue(id, 'pending');
  const slow = worker();
  const host = await slow.host();
  const taken = Promise.withResolvers<void>();
  const late = { ...host, addStatus: async () => taken.promise };
  const lost = tellStatuses({ ...slow, host: async () => late });
  while ((await world.sql`select 1 from host_deployments where host_id is not null`).length === 0);
  await world.sql`update host_statuses set lease_until = now()`;
  github.fail('repos/create-deployment-status', { status: 503 });
  await tellStatuses(worker());
  taken.resolve();
  await lost;
  expect(await outcomes(id)).toEqual(['queued']);
  await hurry();
  await tellAll();
  expect([await outcomes(id), told()]).toEqual([['told'], ['pending']]);
});

test('deployment S-94: a status that the host refuses for good fails alone: what comes after it is told', async () => {
  const id = await show();
  await enqueue(id, 'pending', 'in_progress');
  github.fail('repos/create-deployment-status', {
    status: 422,
    message: 'reached the maximum number of statuses',
  });
  await tellAll();
  expect(await outcomes(id)).toEqual(['failed', 'told']);
});

test('deployment S-92: what cannot be told for a day is given up', async () => {
  const id = await show();
  await enqueue(id, 'pending', 'in_progress');
  await world.sql`update host_statuses set created_at = now() - interval '25 hours' where state = 'queued'`;
  github.fail('repos/create-deployment', { status: 403, message: 'Resource not accessible by integration' });
  await tellAll();
  expect(await outcomes(id)).toEqual(['failed', 'told']);
});

test('deployment S-92: what stood in production before is told to be inactive, and what stands elsewhere is not', async () => {
  const production = { environment: 'production', isProduction: true };
  const [before, failed, staging, after] = [
    await show(production),
    await show(production),
    await show(),
    await show(production),
  ];
  await enqueue(before, 'completed');
  await enqueue(failed, 'failed');
  await enqueue(staging, 'completed');
  await enqueue(after, 'completed');
  await tellAll();
  const inactive = github.statuses.filter(({ state }) => state === 'inactive');
  const made = github.deployments.find(({ body }) => JSON.stringify(body.payload).includes(before));
  expect(inactive).toMatchObject([{ deploymentId: made?.id }]);
});

test('deployment S-95: a limit stops every repository of the installation in every worker, and the list says until when', async () => {
  const neighbour = await connectElsewhere();
  const id = await show();
  await enqueue(id, 'pending');
  github.fail('repos/create-deployment', { status: 403, headers: { 'retry-after': '600' } });
  await tellAll();
  await hurry();
  const before = github.asked.length;
  await tellAll(worker());
  await reconcileDeliveries(worker(), Date.now());
  expect(github.asked).toHaveLength(before);
  const { items } = await ask(context, admin, listRepositories, {});
  const until = (asked: string) => items.find((item) => item.id === asked)?.limitedUntil ?? 0;
  expect(until(repositoryId) - Date.now()).toBeGreaterThan(590_000);
  expect(until(neighbour)).toBe(until(repositoryId));
  await world.db.update(repositories).set({ limitedUntil: new Date(0) });
  await tellAll(worker());
  expect(told()).toEqual(['pending']);
});

/** Another repository of the same installation. */
async function connectElsewhere(): Promise<string> {
  const { appId, installationId, privateKey } = github;
  const credential = { kind: 'app', appId, installationId, privateKey };
  const input = { fullName: 'octo/other', hostUrl: github.url, credential };
  return (await execute(context, admin, connectRepository, input)).id;
}

test('a test says that a repository was reached, or why not', async () => {
  const other = await connectElsewhere();
  for (const id of [repositoryId, other]) await execute(context, admin, testRepository, { id });
  expect((await ask(context, admin, listRepositories, {})).items).toMatchObject([
    { isCheckWaiting: true, checkedAt: null },
    { isCheckWaiting: true, checkedAt: null },
  ]);
  await checkRepositories(worker());
  const { items } = await ask(context, admin, listRepositories, {});
  const told = (id: string) => items.find((item) => item.id === id);
  expect(told(repositoryId)).toMatchObject({
    isCheckWaiting: false,
    checkedAt: expect.any(Number),
    checkError: null,
  });
  expect(told(other)).toMatchObject({ isCheckWaiting: false, checkError: expect.stringContaining('GitHub') });
});

test('deployment S-86: deliveries that never arrived are asked for again, and no others', async () => {
  const { teamId } = admin;
  const hooked = { id: repositoryId, teamId, secrets: [] };
  const delivered = { event: 'ping', hookId: '4711', body: Buffer.from('{}'), parsed: {} };
  await reconcileDeliveries(worker(), Date.now());
  expect(github.asked).toEqual([]);
  await world.sql`update repositories set reconciled_at = null`;
  await storeDelivery(world.db, hooked, { ...delivered, guid: 'arrived' });
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const sent = (id: number, guid: string, statusCode: number, minutes = 5) => ({
    ...{ id, guid, event: 'push', deliveredAt: at(minutes), statusCode },
  });
  github.deliveries = [
    sent(1, 'fine', 202),
    sent(2, 'lost', 0, 9),
    sent(3, 'lost', 502, 4),
    sent(4, 'mended', 500, 9),
    sent(5, 'mended', 202, 4),
    sent(6, 'arrived', 504),
    sent(7, 'too-old', 500, 5 * 24 * 60),
  ];
  await Promise.all([reconcileDeliveries(worker(), Date.now()), reconcileDeliveries(worker(), Date.now())]);
  expect(github.redelivered).toEqual([3]);
  await reconcileDeliveries(worker(), Date.now());
  expect(github.countOf('repos/list-webhook-deliveries')).toBe(1);
});
