import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agents, agentTransitions } from '#db/schema/agents.ts';
import { memberships } from '#db/schema/members.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { checkHealth } from './check-health.ts';
import { makeControlSecret } from './control-secret.ts';
import { type ControlTools, sendControlRequests } from './send-control-requests.ts';
import { startAgent } from './start-agent.ts';
import { stopAgent } from './stop-agent.ts';

const never = new AbortController().signal;
let world: World;
let server: Server;
let teamId: string;
let userId: string;
let context: ReturnType<typeof commandContext>;
let status: number;
let heard: { headers: IncomingHttpHeaders; body: string }[];
let secret: string;
let changed: string[];

beforeAll(async () => {
  world = await createWorld();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  userId = (await makeMember(world, teamId, 'developer')).id;
  context = commandContext(world);
  secret = makeControlSecret();
  [status, heard, changed] = [202, [], []];
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

const tools = (): ControlTools => ({
  db: world.db,
  sealer: context.deps.sealer,
  post: async (url, { headers, body, signal }) =>
    (await fetch(url, { method: 'POST', headers, body, signal })).status,
  onChanged: (team, agentId) => changed.push(`${team} ${agentId}`),
});
const actor = () => userActor(teamId, 'developer', { userId });
const rowOf = async (id: string) => (await world.db.select().from(agents).where(eq(agents.id, id)))[0];
const controllable = (values: object = {}) =>
  makeAgent(world, teamId, {
    name: 'planner',
    controlUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/control`,
    controlSecret: context.deps.sealer.seal(secret),
    ...values,
  });
const laterAgain = (id: string) =>
  world.db
    .update(agents)
    .set({ controlSentAt: new Date(Date.now() - 16_000) })
    .where(eq(agents.id, id));

test('security O7: the control URL gets action, agent and request id, signed per Standard Webhooks', async () => {
  const { id } = await controllable();
  const { requestId } = await execute(context, actor(), stopAgent, { id });
  await sendControlRequests(tools(), never);
  const [message] = heard;
  expect(JSON.parse(message?.body ?? '')).toEqual({ action: 'stop', agentId: id, requestId });
  const signed = `${message?.headers['webhook-id']}.${message?.headers['webhook-timestamp']}.${message?.body}`;
  const mac = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(signed)
    .digest('base64');
  expect(message?.headers['webhook-signature']).toBe(`v1,${mac}`);
  expect(message?.headers['webhook-id']).toBe(requestId);
});

test('an accepted start changes no status: telemetry does', async () => {
  const { id } = await controllable({ status: 'stopped' });
  await execute(context, actor(), startAgent, { id });
  await sendControlRequests(tools(), never);
  expect(await rowOf(id)).toMatchObject({ status: 'stopped', desiredState: 'running' });
  await world.db
    .update(agents)
    .set({ lastTelemetryAt: new Date(Date.now() + 1000) })
    .where(eq(agents.id, id));
  const defaults = { healthIntervalMs: 30_000, healthTimeoutMs: 300_000 };
  const probe = async () => ({ ok: true, status: 200, latencyMs: 1, message: '' });
  const { onChanged } = tools();
  await checkHealth({ db: world.db, probe, runRates: async () => new Map(), onChanged, defaults }, never);
  expect(await rowOf(id)).toMatchObject({
    status: 'running',
    desiredState: null,
    statusReason: 'planner started and sends telemetry.',
  });
});

test('signs of life from before a start went out confirm nothing: it is sent first', async () => {
  const healthUrl = 'http://127.0.0.1/health';
  const { id } = await controllable({ status: 'degraded', healthUrl, lastTelemetryAt: new Date() });
  await execute(context, actor(), startAgent, { id });
  await world.db
    .update(agents)
    .set({ lastTelemetryAt: new Date(Date.now() + 1) })
    .where(eq(agents.id, id));
  const defaults = { healthIntervalMs: 30_000, healthTimeoutMs: 300_000 };
  const probe = async () => ({ ok: true, status: 200, latencyMs: 1, message: '' });
  const round = async () => {
    await world.db.update(agents).set({ lastHealthCheckAt: null }).where(eq(agents.id, id));
    await checkHealth(
      { db: world.db, probe, runRates: async () => new Map(), onChanged: () => {}, defaults },
      never,
    );
    return (await rowOf(id))?.desiredState;
  };
  expect(await round()).toBe('running');
  expect(await sendControlRequests(tools(), never)).toBe(1);
  expect(heard).toHaveLength(1);
  expect(await round()).toBeNull();
});

test('two workers send a request once; one that is not accepted goes again under the same id', async () => {
  status = 503;
  const { id } = await controllable();
  await execute(context, actor(), stopAgent, { id });
  await Promise.all([sendControlRequests(tools(), never), sendControlRequests(tools(), never)]);
  expect(heard).toHaveLength(1);
  await laterAgain(id);
  status = 200;
  await sendControlRequests(tools(), never);
  await laterAgain(id);
  await sendControlRequests(tools(), never);
  expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(heard).toHaveLength(2);
});

test.each([
  ['refuses', 403, 1],
  ['keeps failing', 500, 5],
])('a control URL that %s makes an error with the reason, once', async (_case, answer, attempts) => {
  status = answer;
  const { id } = await controllable();
  await execute(context, actor(), stopAgent, { id });
  for (let i = 0; i < 7; i++) {
    await sendControlRequests(tools(), never);
    await laterAgain(id);
  }
  expect(heard).toHaveLength(attempts);
  expect(await rowOf(id)).toMatchObject({ status: 'error', desiredState: null });
  const transitions = await world.db.select().from(agentTransitions).where(eq(agentTransitions.agentId, id));
  expect(transitions).toMatchObject([
    { toStatus: 'error', reason: `planner could not be asked to stop: its control URL answered ${answer}.` },
  ]);
});

test('a stop of an agent in error that fails is told to those who see it waiting', async () => {
  status = 403;
  const { id } = await controllable({ status: 'error' });
  await execute(context, actor(), stopAgent, { id });
  await sendControlRequests(tools(), never);
  expect(await rowOf(id)).toMatchObject({ status: 'error', desiredState: null });
  expect(changed).toEqual([`${teamId} ${id}`]);
});

test('security Z13: a request of somebody who left the team is dropped and the ledger says so', async () => {
  const { id } = await controllable();
  await execute(context, actor(), stopAgent, { id });
  await world.db.delete(memberships).where(eq(memberships.userId, userId));
  await sendControlRequests(tools(), never);
  expect(heard).toEqual([]);
  expect(await rowOf(id)).toMatchObject({ status: 'running', desiredState: null });
  expect(changed).toEqual([`${teamId} ${id}`]);
  expect(await listAuditRows(world.db, teamId, 1)).toMatchObject([
    { action: 'agent.stop', outcome: 'denied' },
  ]);
});
