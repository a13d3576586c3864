import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agents } from '#db/schema/agents.ts';
import { deploymentEvents, deployments } from '#db/schema/deployments.ts';
import { users } from '#db/schema/members.ts';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { DEPLOYMENT_STATUSES } from '#lib/model/deployment-status.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { commandContext, everyFeature, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeDeployment } from '#lib/testing/deployments.ts';
import { makeAgent, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { approveDeployment, rejectDeployment } from './approvals/decide.ts';
import { cancelDeployment } from './cancel-deployment.ts';
import { forceDeployment } from './force-deployment.ts';
import { insertDeployment, type NewDeployment } from './insert-deployment.ts';
import { pauseDeployment, resumeDeployment } from './pause-deployment.ts';
import { getDeployment, listDeployments } from './queries.ts';
import { rollBackByItself } from './rolling-back/insert-rollback.ts';
import { rollBackDeployment } from './rolling-back/roll-back.ts';
import { mayBecome } from './transition.ts';

let world: World;
let teamId: string;
let anna: string;
let boris: string;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  anna = (await makeMember(world, teamId, 'developer', { name: 'Anna' })).id;
  boris = (await makeMember(world, teamId, 'developer', { name: 'Boris' })).id;
  context = commandContext(world, { features: everyFeature });
});
afterAll(() => world.close());

const actor = (role: Role = 'developer', userId = anna) => userActor(teamId, role, { userId, name: 'Anna' });
const make = (values: Partial<typeof deployments.$inferInsert> = {}) =>
  makeDeployment(world, teamId, { requestedBy: { kind: 'user', id: anna }, ...values });
const get = (id: string) => ask(context, actor(), getDeployment, { id });
const manifestOf = (image: string, maker?: string) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
  metadata: { name: 'x', ...(maker ? { annotations: { 'pitwall.dev/deployment-id': maker } } : {}) },
  spec: { template: { spec: { containers: [{ name: 'agent', image }] } } },
});
const IN_PROGRESS = { status: 'in_progress', startedAt: new Date() } as const;
const applied = (status: 'completed' | 'failed' | 'in_progress', before: string | null = 'agent:0.9') => ({
  ...{ status, startedAt: new Date(), manifest: manifestOf('agent:1.0.0') },
  previousManifest: before === null ? null : manifestOf(before),
});
const told = () =>
  context.published
    .map(([, payload]) => JSON.parse(payload))
    .filter(({ type }) => type === 'deployment.changed');

test('deployment S-52: the database admits the transitions of the table and no other, whoever writes', async () => {
  const wrong: string[] = [];
  for (const from of DEPLOYMENT_STATUSES) {
    for (const to of DEPLOYMENT_STATUSES.filter((status) => status !== from)) {
      const { id } = await make({ status: from });
      const write = world.ownerSql`update deployments set status = ${to} where id = ${id}`;
      const was = await write.then(
        () => true,
        () => false,
      );
      if (was !== mayBecome(from, to)) wrong.push(`${from} -> ${to}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('deployment S-53: a timeline is written with each change and never rewritten, not by the owner either', async () => {
  const { id } = await make();
  await execute(context, actor(), cancelDeployment, { id });
  const { events } = await get(id);
  expect(events).toMatchObject([
    { from: null, to: 'pending', code: 'created' },
    { from: 'pending', to: 'cancelled', code: 'cancelled', actor: { kind: 'user', name: 'Anna' } },
  ]);
  const change = { code: 'forged' };
  await expect(world.db.update(deploymentEvents).set(change)).rejects.toThrow();
  await expect(world.ownerSql`update deployment_events set code = 'forged'`).rejects.toThrow('is history');
  await expect(world.ownerSql`delete from deployment_events`).rejects.toThrow('is history');
  await expect(world.ownerSql`truncate deployment_events`).rejects.toThrow('is history');
  await world.ownerSql`delete from teams where id = ${teamId}`;
  const left = await world.ownerSql`select from deployment_events where team_id = ${teamId}`;
  expect(left).toHaveLength(0);
});

const insert = (values: Partial<NewDeployment>, queue = false) => {
  const plan: NewDeployment = {
    ...{ teamId, agentName: 'Checkout', environment: 'production', clusterId: uuidv7(), clusterName: 'c' },
    ...{ namespace: 'agents', workloadKind: 'Deployment', workloadName: 'checkout', kind: 'deploy' },
    ...{ container: 'agent', image: 'agent', version: '1', payloadHash: 'one', requestedByName: 'Anna' },
    ...values,
  };
  const doer = { kind: 'user', id: anna, name: 'Anna' } as const;
  return world.db.transaction((tx) => insertDeployment(tx, plan, { queue, doer, at: new Date() }));
};

test('deployment S-54: a repeated key answers with the deployment it made, and with another payload is a conflict', async () => {
  const clusterId = uuidv7();
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => insert({ clusterId, idempotencyKey: 'click-1' })),
  );
  expect(new Set(answers.map(({ row }) => row.id)).size).toBe(1);
  expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
  await expect(insert({ clusterId, idempotencyKey: 'click-1', payloadHash: 'two' })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('stands for another request'),
  });
});

test('deployment S-55: a workload has one active deployment; the second is told which, or waits for its end', async () => {
  const clusterId = uuidv7();
  const { row: first } = await insert({ clusterId });
  await expect(insert({ clusterId })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(first.id),
  });
  const queued = [await insert({ clusterId }, true), await insert({ clusterId }, true)];
  expect(queued.map(({ row }) => row.isQueued)).toEqual([true, true]);
  await execute(context, actor(), cancelDeployment, { id: first.id });
  const waiting = await Promise.all(queued.map(({ row }) => get(row.id)));
  expect(waiting.map(({ isQueued }) => isQueued)).toEqual([false, true]);
  expect(waiting[0]?.events.at(-1)).toMatchObject({ code: 'queue.ended' });
});

test('deployment S-61: what is not under way is cancelled at once, and once more changes nothing', async () => {
  const { id } = await make();
  const cancel = () => execute(context, actor(), cancelDeployment, { id });
  const first = await cancel();
  expect(first).toMatchObject({ status: 'cancelled' });
  expect(await cancel()).toEqual(first);
  expect((await listAuditRows(world.db, teamId, 10))[0]).toMatchObject({
    action: 'deployment.cancel',
    targetId: id,
  });
});

test('deployment S-61: a rollout asks what becomes of it: it is let go, paused by the worker, or rolled back', async () => {
  const rollouts = await Promise.all([1, 2, 3].map(() => make(applied('in_progress'))));
  const ids = rollouts.map(({ id }) => id);
  const cancel = (id: string | undefined, mode?: string, role: Role = 'developer') =>
    execute(context, actor(role), cancelDeployment, { id, mode });
  await expect(cancel(ids[0])).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'mode' }] });
  expect(await cancel(ids[0], 'stop_watching')).toMatchObject({ status: 'cancelled' });
  expect(await cancel(ids[1], 'pause_rollout')).toMatchObject({ status: 'in_progress' });
  expect(await cancel(ids[2], 'roll_back')).toMatchObject({ status: 'cancelled' });
  const rolled = await get(ids[2] ?? '');
  expect(await get(rolled.rolledBackBy?.id ?? '')).toMatchObject({ kind: 'rollback', status: 'pending' });
});

test('deployment S-61: of cancelling and completing at once, whoever commits first wins', async () => {
  const { id } = await make(IN_PROGRESS);
  const done = world.sql`update deployments set status = 'completed' where id = ${id} and status = 'in_progress' returning id`;
  const [cancelled, completed] = await Promise.allSettled([
    execute(context, actor(), cancelDeployment, { id, mode: 'stop_watching' }),
    done,
  ]);
  const { status } = await get(id);
  const won = completed.status === 'fulfilled' && completed.value.length === 1;
  expect(status).toBe(won ? 'completed' : 'cancelled');
  expect(cancelled.status).toBe(won ? 'rejected' : 'fulfilled');
});

test('deployment S-63: a rollback is a deployment of its own, and what it takes back stays until it is complete', async () => {
  const { id } = await make(applied('completed'));
  const back = await execute(context, actor(), rollBackDeployment, { id });
  expect(await get(back.id)).toMatchObject({
    ...{ kind: 'rollback', status: 'pending', version: '0.9', image: 'agent' },
    target: { id, version: '1.0.0' },
    autoRollback: false,
  });
  expect(await get(id)).toMatchObject({
    status: 'completed',
    rolledBackBy: { id: back.id, status: 'pending' },
    can: { rollBack: { allowed: false, reason: 'It is being rolled back already.' } },
  });
  await expect(execute(context, actor(), rollBackDeployment, { id })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(back.id),
  });
});

test('deployment S-46: rolling back is a right of its own', async () => {
  const { id } = await make(applied('completed'));
  const without = (permission: string) => {
    const all = actor();
    return { ...all, permissions: new Set([...all.permissions].filter((each) => each !== permission)) };
  };
  const roll = execute(context, without('deployments:rollback'), rollBackDeployment, { id });
  await expect(roll).rejects.toMatchObject({ code: 'forbidden' });
  const running = await make(applied('in_progress'));
  const cancel = { id: running.id, mode: 'roll_back' } as const;
  const asCancel = execute(context, without('deployments:rollback'), cancelDeployment, cancel);
  await expect(asCancel).rejects.toMatchObject({ code: 'forbidden' });
  await execute(context, without('deployments:create'), rollBackDeployment, { id });
});

test('deployment S-61: cancelled and rolled back while it is paused, it is resumed first', async () => {
  const paused = await make({ ...applied('in_progress'), isPaused: true });
  await execute(context, actor(), cancelDeployment, { id: paused.id, mode: 'roll_back' });
  const [back] = await world.db
    .select()
    .from(deployments)
    .where(eq(deployments.targetDeploymentId, paused.id));
  expect(back).toMatchObject({ kind: 'rollback', resumeFirst: true });
});

const byItself = (row: typeof deployments.$inferSelect) =>
  world.db.transaction((tx) => rollBackByItself(tx, row, new Date()));

test('deployment S-62: a failure is rolled back by itself once, and a rollback never is', async () => {
  const failed = await make({ ...applied('failed'), autoRollback: true });
  const back = await byItself(failed);
  expect(back).toMatchObject({ kind: 'rollback', autoRollback: false, targetDeploymentId: failed.id });
  expect(await byItself(failed)).toBeNull();
  await expect(make({ kind: 'rollback', autoRollback: true })).rejects.toThrow();
  expect(await byItself(await make({ ...applied('failed'), kind: 'rollback' }))).toBeNull();
});

test('deployment S-62: by itself it never returns to what failed, but to the last that was completed', async () => {
  const workload = { clusterId: uuidv7(), workloadName: 'checkout' };
  const good = await make({
    ...applied('completed'),
    ...workload,
    version: '0.8',
    manifest: manifestOf('agent:0.8'),
  });
  const bad = await make({ ...applied('failed'), ...workload, version: '0.9' });
  const failed = await make({
    ...{ ...applied('failed'), ...workload, autoRollback: true },
    previousManifest: manifestOf('agent:0.9', bad.id),
  });
  expect(await byItself(failed)).toMatchObject({ restoresDeploymentId: good.id, version: '0.8' });
});

test('deployment S-62: a mark that somebody else wrote on the workload keeps nothing from being rolled back', async () => {
  const values = { ...applied('failed'), autoRollback: true };
  const failed = await make({ ...values, previousManifest: manifestOf('agent:0.9', 'no id') });
  expect(await byItself(failed)).toMatchObject({ version: '0.9', restoresDeploymentId: null });
});

test('deployment S-64: a first deployment that fails stays failed and says how to undo it', async () => {
  const first = await make({ ...applied('failed', null), autoRollback: true });
  expect(await byItself(first)).toBeNull();
  const view = await get(first.id);
  expect(view).toMatchObject({
    status: 'failed',
    suggestion: expect.stringContaining('scaling the workload to 0'),
  });
  expect(view.can.rollBack).toMatchObject({ allowed: false, reason: expect.stringContaining('to 0') });
});

test('deployment S-65: a deployment is read as before when agent, people and cluster are gone', async () => {
  const agent = await makeAgent(world, teamId, { name: 'Checkout' });
  const approver = await makeMember(world, teamId, 'developer', { name: 'Vera' });
  const { id } = await make({ agentId: agent.id, status: 'awaiting_approval', approvalsNeeded: 2 });
  await execute(
    context,
    userActor(teamId, 'developer', { userId: approver.id, name: 'Vera' }),
    approveDeployment,
    { id },
  );
  await world.db.delete(agents).where(eq(agents.id, agent.id));
  for (const person of [anna, approver.id]) await world.db.delete(users).where(eq(users.id, person));
  expect(await ask(context, actor('viewer', boris), getDeployment, { id })).toMatchObject({
    agent: { id: null, name: 'Checkout' },
    cluster: { name: 'prod-eu' },
    requestedBy: 'Anna',
    approvals: { given: [{ by: 'Vera' }] },
  });
  const { items } = await ask(context, actor('viewer', boris), listDeployments, {});
  expect(items.map((row) => row.id)).toEqual([id]);
});

test('deployment S-66: each change is told with a greater number', async () => {
  const { id } = await make(applied('in_progress'));
  await execute(context, actor(), pauseDeployment, { id });
  await execute(context, actor(), resumeDeployment, { id });
  await execute(context, actor(), cancelDeployment, { id, mode: 'stop_watching' });
  expect(told().map(({ seq, status }) => [seq, status])).toEqual([
    [2, 'in_progress'],
    [3, 'in_progress'],
    [4, 'cancelled'],
  ]);
  expect((await get(id)).seq).toBe(4);
});

test('deployment S-04: fields are taken over only from managers that are named, each of them, and the ledger says whose', async () => {
  const conflicts = [
    { field: '.spec.replicas', manager: 'kubectl' },
    { field: '.spec.template', manager: 'argocd' },
  ];
  const { id } = await make({ status: 'failed', failureCode: 'FIELD_CONFLICT', conflicts });
  const force = (managers: string[]) => execute(context, actor(), forceDeployment, { id, managers });
  await expect(force(['kubectl'])).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('argocd, kubectl'),
  });
  await expect(force(['kubectl', 'argocd', 'helm'])).rejects.toMatchObject({ code: 'conflict' });
  const again = await force(['kubectl', 'argocd']);
  const [row] = await world.db.select().from(deployments).where(eq(deployments.id, again.id));
  expect(row).toMatchObject({ status: 'pending', forceManagers: ['argocd', 'kubectl'] });
  const [audit] = await listAuditRows(world.db, teamId, 1);
  expect(audit).toMatchObject({ action: 'deployment.force', targetId: again.id });
  expect(JSON.stringify(audit)).toContain('argocd');
  const other = await make({ status: 'failed', failureCode: 'ROLLOUT_TIMEOUT' });
  const wrong = execute(context, actor(), forceDeployment, { id: other.id, managers: ['x'] });
  await expect(wrong).rejects.toMatchObject({ code: 'conflict' });
});

const WAITING = { status: 'awaiting_approval', approvalsNeeded: 2 } as const;
const approve = (id: string, userId: string, comment = '') =>
  execute(
    context,
    userActor(teamId, 'developer', { userId, name: userId === boris ? 'Boris' : 'Carl' }),
    approveDeployment,
    {
      id,
      comment,
    },
  );

test('security Z12: two of those who approve let a deployment go on; who asked for it is none of them', async () => {
  const carl = (await makeMember(world, teamId, 'developer', { name: 'Carl' })).id;
  const { id } = await make(WAITING);
  await expect(approve(id, anna)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('themselves'),
  });
  await approve(id, boris, 'looks good');
  await expect(approve(id, boris)).rejects.toMatchObject({ message: expect.stringContaining('before') });
  const half = await world.db.select().from(deployments).where(eq(deployments.id, id));
  expect(half[0]?.approvedAt).toBeNull();
  await approve(id, carl);
  const [whole] = await world.db.select().from(deployments).where(eq(deployments.id, id));
  expect(whole?.approvedAt).not.toBeNull();
  expect((await get(id)).approvals.given).toMatchObject([
    { by: 'Boris', comment: 'looks good' },
    { by: 'Carl' },
  ]);
});

test('security Z12: nobody but those whom the policy names approves, and nobody after its time', async () => {
  const named = await make({ ...WAITING, approverIds: [anna] });
  await expect(approve(named.id, boris)).rejects.toMatchObject({ code: 'forbidden' });
  const reader = userActor(teamId, 'developer', { userId: boris, name: 'Boris' });
  expect((await ask(context, reader, getDeployment, { id: named.id })).can.approve).toEqual({
    allowed: false,
    reason: 'The policy of this environment names others who approve.',
  });
  const late = await make({ ...WAITING, approvalExpiresAt: new Date(Date.now() - 1000) });
  await expect(approve(late.id, boris)).rejects.toMatchObject({ code: 'conflict' });
  const key = {
    kind: 'key',
    keyId: uuidv7(),
    keyName: 'ci',
    teamId,
    scopes: ['write'],
    origin: testOrigin,
  } as const;
  const open = await make(WAITING);
  await expect(execute(context, key, approveDeployment, { id: open.id })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('one rejection ends a deployment for good, with its words', async () => {
  const { id } = await make(WAITING);
  const reject = userActor(teamId, 'developer', { userId: boris, name: 'Boris' });
  await execute(context, reject, rejectDeployment, { id, comment: 'not on a Friday' });
  expect(await get(id)).toMatchObject({
    status: 'cancelled',
    failure: { code: 'REJECTED', message: 'Rejected by Boris: not on a Friday' },
  });
  await expect(approve(id, boris)).rejects.toMatchObject({ code: 'conflict' });
});

const BY_ID = [
  [cancelDeployment, {}],
  [pauseDeployment, {}],
  [resumeDeployment, {}],
  [rollBackDeployment, {}],
  [forceDeployment, { managers: ['x'] }],
  [approveDeployment, {}],
  [rejectDeployment, {}],
] as const;

test.each(BY_ID)(
  '$name is refused to a viewer, and is not there while the feature is off',
  async (verb, more) => {
    const { id } = await make();
    const as = (role: Role, features = everyFeature()) =>
      execute({ ...context, features: () => features }, actor(role), verb as typeof cancelDeployment, {
        id,
        ...more,
      });
    await expect(as('viewer')).rejects.toMatchObject({ code: 'forbidden' });
    const off = { ...everyFeature(), deployment_automation: false };
    await expect(as('admin', off)).rejects.toMatchObject({ code: 'not_found' });
  },
);

test('the list goes page by page from the newest, narrowed by agent, status and environment', async () => {
  const agent = await makeAgent(world, teamId);
  const rows = [
    await make({ agentId: agent.id }),
    await make({ status: 'completed' }),
    await make({ agentId: agent.id }),
  ];
  const list = (query: object) => ask(context, actor('viewer'), listDeployments, query);
  const first = await list({ limit: 2 });
  expect(first.items.map(({ id }) => id)).toEqual([rows[2]?.id, rows[1]?.id]);
  const second = await list({ limit: 2, cursor: first.nextCursor });
  expect([second.items.map(({ id }) => id), second.nextCursor]).toEqual([[rows[0]?.id], null]);
  expect((await list({ agentId: agent.id })).items).toHaveLength(2);
  expect((await list({ status: 'completed,failed' })).items.map(({ id }) => id)).toEqual([rows[1]?.id]);
  await expect(list({ cursor: 'x' })).rejects.toMatchObject({ code: 'invalid' });
});
