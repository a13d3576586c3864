import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { agents } from '#db/schema/agents.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { verifyChain } from '#lib/audit/verify.ts';
import { createLog } from '#lib/kernel/log.ts';
import { channels, teamEventSchema } from '#lib/model/event.ts';
import { createRedisBus } from '#lib/ports/event-bus/redis.ts';
import { makeAgent, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';

const AGENTS = 300;
let world: World;
let redisUrl: string;
let teamId: string;
const workers = new Set<ChildProcess>();
beforeAll(async () => {
  world = await createWorld();
  redisUrl = world.redisUrl;
  teamId = (await makeTeam(world)).id;
});
afterEach(() => Promise.all([...workers].map((worker) => end(worker, 'SIGKILL'))));
afterAll(() => world.close());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function startWorker(more: Record<string, string> = {}): Promise<ChildProcess & { port: number }> {
  const port = await freePort();
  const env = {
    NODE_ENV: 'test' as const,
    PATH: process.env.PATH,
    DATABASE_URL: world.appUrl,
    REDIS_URL: redisUrl,
    SECRET_KEY: 'a secret key of more than 32 characters',
    WORKER_PORT: String(port),
    ...more,
  };
  const main = new URL('./main.ts', import.meta.url).pathname;
  const worker = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  workers.add(worker);
  for await (const line of worker.stdout) if (String(line).includes('"ready"')) break;
  return Object.assign(worker, { port });
}

async function end(worker: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  workers.delete(worker);
  if (worker.exitCode !== null || worker.signalCode !== null) return worker.exitCode;
  const exited = once(worker, 'exit');
  worker.kill(signal);
  const [code] = await exited;
  return code;
}

interface Change {
  agent: string;
  change: string;
}
const changes = () =>
  world.sql<Change[]>`select agent_id as agent, from_status || '>' || to_status as change
    from agent_transitions order by at, id`;

/** Waits until the store holds `count` transitions; every look asks the database anew. */
async function until(count: number): Promise<readonly Change[]> {
  for (;;) {
    const seen = await changes();
    if (seen.length >= count) return seen;
    await world.sql`select pg_sleep(0.02)`;
  }
}

test('two workers, killed and restarted in the middle, lose no transition and invent none', async () => {
  const silentSince = new Date(Date.now() - 3_600_000);
  const values = { lastTelemetryAt: silentSince, statusSince: silentSince, healthIntervalSeconds: 1 };
  const made = await Promise.all(Array.from({ length: AGENTS }, () => makeAgent(world, teamId, values)));
  const bus = createRedisBus(redisUrl, createLog('test', 'silent'));
  const announced = new Set<string>();
  await bus.subscribe(channels.events(teamId), (payload) => {
    const event = teamEventSchema.parse(JSON.parse(payload));
    if (event.type === 'agent.health') announced.add(`${event.agentId} ${event.from}>${event.to}`);
  });

  const [first, second] = await Promise.all([startWorker(), startWorker()]);
  await until(1);
  await end(first, 'SIGKILL');
  await until(AGENTS);
  const third = await startWorker();
  await world.db.update(agents).set({ lastTelemetryAt: new Date() }).where(eq(agents.teamId, teamId));
  await until(AGENTS + 1);
  await end(second, 'SIGKILL');
  await until(2 * AGENTS);
  while ((await world.sql`select 1 from agent_transitions where announced_at is null`).length > 0);

  const expected = made.flatMap(({ id }) => [`${id} running>unreachable`, `${id} unreachable>running`]);
  const stored = (await changes()).map(({ agent, change }) => `${agent} ${change}`);
  expect(stored.toSorted()).toEqual(expected.toSorted());
  while (announced.size < expected.length) await world.sql`select pg_sleep(0.02)`;
  expect([...announced].toSorted()).toEqual(expected.toSorted());
  expect(await end(third, 'SIGTERM')).toBe(0);
  await bus.close();
}, 60_000);

test('a worker shows its own work and whether it is ready, at the address of the public ports', async () => {
  const HOST = '127.0.0.2';
  const worker = await startWorker({ HOST });
  const get = (path: string) => fetch(`http://${HOST}:${worker.port}${path}`);
  expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 200]);
  let metrics = '';
  const done = ['health', 'ledgers'].map((loop) => `pitwall_worker_steps_total{loop="${loop}",result="ok"}`);
  while (!done.every((line) => metrics.includes(line))) {
    metrics = await (await get('/metrics')).text();
  }
  expect(metrics).toContain('pitwall_worker_step_seconds_bucket');
  expect(metrics).toContain('pitwall_audit_ledgers{state="broken"} 0');
  expect(metrics).toMatch(/pitwall_deployment_lease_age_seconds 0\n/);
});

test('security U6: a worker that is told for how long archives what is older, and leaves the rest', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'audit-archive-'));
  const origin = { ip: null, userAgent: null, requestId: 'r' };
  const ledger = (await makeTeam(world)).id;
  const actor = { kind: 'system', name: 'test', teamId: ledger, grants: [], origin } as const;
  const target = { kind: 'thing', id: 'x' };
  for (const days of [400, 300, 1]) {
    const at = new Date(Date.now() - days * 86_400_000);
    await world.db.transaction((tx) =>
      recordAudit(tx, { actor, action: 'thing.update', target, outcome: 'ok' }, at),
    );
  }
  const worker = await startWorker({ AUDIT_RETENTION_DAYS: '90', AUDIT_ARCHIVE_DIR: dir });
  const oldest = async () =>
    (
      await world.sql<{ seq: number }[]>`select min(seq)::int as seq from audit_log where team_id = ${ledger}`
    )[0];
  while ((await oldest())?.seq !== 3) await world.sql`select pg_sleep(0.02)`;
  expect(await verifyChain(world.db, ledger)).toMatchObject({ intact: true, archived: 2 });
  expect(readdirSync(join(dir, ledger))).toEqual(['000000000001-000000000002.jsonl.gz']);
  expect(await end(worker, 'SIGTERM')).toBe(0);
  rmSync(dir, { recursive: true });
});
