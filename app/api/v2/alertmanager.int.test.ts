import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { alertIntegrations, alerts } from '#db/schema/alerts.ts';
import { createIntegration, revokeIntegration, rotateIntegration } from '#lib/alerts/integrations/manage.ts';
import { listIntegrations } from '#lib/alerts/integrations/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { runAlertTimers } from '#lib/pipeline/raise/run-alert-timers.ts';
import { travelTo } from '#lib/testing/alert-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { debianPackages } from '#lib/testing/debian-package.ts';
import { makeApiKey, makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWebWorld, type WebWorld } from '#lib/testing/web-world.ts';
import type { Handler } from '#lib/web/route.ts';

const run = promisify(execFile);
let world: WebWorld;
let server: Server;
let port: number;
let teamId: string;
let integrationId: string;
let secret: string;
let isBroken = 1;
const children: ChildProcess[] = [];

/** The route handlers behind a plain server, as Next would call them; `/metrics` is what Prometheus scrapes. */
async function serve(routes: Record<string, Handler>, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/metrics') return void response.end(`test_broken ${isBroken}\n`);
  const [, id, path = ''] = /^(?:\/api\/integrations\/([^/]+))?\/api\/v2\/(.*)$/.exec(url.pathname) ?? [];
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const body = chunks.length === 0 ? null : Buffer.concat(chunks);
  const method = request.method ?? 'GET';
  const answer = await routes[method]?.(new Request(url, { method, headers, body }), {
    params: Promise.resolve({ path: path.split('/'), id }),
  });
  response.writeHead(answer?.status ?? 405, Object.fromEntries(answer?.headers ?? []));
  response.end(await answer?.text());
}

beforeAll(async () => {
  world = await createWebWorld();
  const { GET, POST, DELETE } = await import('./[...path]/route.ts');
  const routes = { GET, POST, DELETE };
  server = createServer((request, response) => void serve(routes, request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  isBroken = 1;
  ({ id: integrationId, secret } = await create());
});
afterEach(async () => {
  await travelTo(world, null);
  await Promise.all(children.splice(0).map(end));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await world.close();
});

async function create(values: object = {}): Promise<{ id: string; secret: string }> {
  const { id: userId } = await makeMember(world, teamId, 'developer');
  const actor = userActor(teamId, 'developer', { userId });
  return execute(commandContext(world), actor, createIntegration, { name: 'prometheus', ...values });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`any:${key}`).toString('base64')}` });

async function call(
  path: string,
  { method = 'GET', headers = bearer(secret), body = undefined as unknown } = {},
) {
  const response = await fetch(`http://127.0.0.1:${port}/api/v2/${path}`, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

const post = (...batch: unknown[]) => call('alerts', { method: 'POST', body: batch });
const stored = () => world.db.select().from(alerts).where(eq(alerts.teamId, teamId)).orderBy(alerts.id);
const slow = { labels: { alertname: 'Slow', instance: 'a' } };
const MINUTE = 60_000;

async function tick(at: Date): Promise<void> {
  await travelTo(world, at);
  await runAlertTimers(world.db, commandContext(world).bus);
}

test('the list of senders counts what each has open, of this team and of no other sender', async () => {
  await create({ name: 'a quiet one' });
  await post(slow, { labels: { alertname: 'Slow', instance: 'b' } });
  await post({ ...slow, endsAt: new Date().toISOString() });
  const { items } = await ask(commandContext(world), userActor(teamId, 'viewer'), listIntegrations, {});
  expect(items.map(({ name, openAlerts }) => [name, openAlerts])).toEqual([
    ['a quiet one', 0],
    ['prometheus', 1],
  ]);
});

test('an alert whose group is named by kilobytes of labels is taken like any other', async () => {
  const alertname = randomBytes(4000).toString('base64');
  expect((await post({ labels: { alertname } })).status).toBe(200);
  expect((await post({ labels: { alertname, instance: 'b' } })).status).toBe(200);
  expect(
    await world.sql`select count(*)::int as members from alert_group_members m
    join alert_groups g on g.id = m.group_id where g.team_id = ${teamId}`,
  ).toMatchObject([{ members: 2 }]);
  expect(await world.sql`select 1 from alert_groups where team_id = ${teamId}`).toHaveLength(1);
});

test('an alert that comes in while its route is being deleted goes where the other routes send it', async () => {
  await post(slow);
  const routeId = uuidv7();
  await world.sql`insert into alert_routes (id, team_id, position, name) values (${routeId}, ${teamId}, 0, 'going')`;
  const answer = await world.ownerSql.begin(async (sql) => {
    await sql`delete from alert_routes where id = ${routeId}`;
    const sent = post({ labels: { alertname: 'Late' } });
    await vi.waitFor(
      async () =>
        expect(
          await world.sql`select 1 from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
        ).not.toHaveLength(0),
      { timeout: 5000 },
    );
    return { sent };
  });
  expect((await answer.sent).status).toBe(200);
  expect(await stored()).toHaveLength(2);
});

test('alerting S59: a sender has its own secret, as bearer token or password; rotated or revoked it is worth nothing', async () => {
  const context = commandContext(world);
  const actor = userActor(teamId, 'admin');
  expect((await call('alerts', { headers: basic(secret) })).status).toBe(200);
  expect((await call('alerts', { headers: bearer('wrong') })).status).toBe(401);
  const foreign = await create({ name: 'other' });
  const url = `http://127.0.0.1:${port}/api/integrations/${integrationId}/api/v2/alerts`;
  expect((await fetch(url, { headers: bearer(foreign.secret) })).status).toBe(401);
  expect((await fetch(url, { headers: bearer(secret) })).status).toBe(200);
  const rotated = await execute(context, actor, rotateIntegration, { id: integrationId });
  expect((await post(slow)).status).toBe(401);
  expect((await call('alerts', { headers: bearer(rotated.secret) })).status).toBe(200);
  await execute(context, actor, revokeIntegration, { id: integrationId });
  expect((await call('alerts', { headers: bearer(rotated.secret) })).status).toBe(401);
  const [row] = await world.db
    .select()
    .from(alertIntegrations)
    .where(eq(alertIntegrations.id, integrationId));
  expect(JSON.stringify(row)).not.toContain(secret);
});

test('security P6: what a sender posts counts once, and by its own secret at its own address only', async () => {
  const other = await create();
  const mine = `/api/integrations/${integrationId}/api/v2/alerts`;
  const count = async () => (await world.db.select().from(alerts).where(eq(alerts.teamId, teamId))).length;
  const send = (authorization: string | undefined, path = mine) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: JSON.stringify([{ labels: { alertname: 'Replayed' }, startsAt: '2026-11-22T12:00:00Z' }]),
    }).then(({ status }) => status);
  const foreign = [undefined, `Bearer ${other.secret}`, `Bearer ${secret.slice(0, -1)}`, `Bearer ${secret}x`];
  for (const authorization of foreign) expect(await send(authorization)).toBe(401);
  expect(await send(undefined, `${mine}?secret=${secret}`)).toBe(401);
  expect(await count()).toBe(0);
  for (const _ of [1, 2, 3]) expect(await send(`Bearer ${secret}`)).toBe(200);
  expect(await count()).toBe(1);
});

test('alerting S60: what was answered with 200 is committed by then, and a batch of 256 is taken in well under 10 s', async () => {
  const batch = Array.from({ length: 256 }, (_, i) => ({ labels: { alertname: 'Slow', i: String(i) } }));
  const startedAt = performance.now();
  expect((await post(...batch)).status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(5000);
  // Seen by another connection: nothing of it is left to a transaction that may yet fail.
  const [seen] = await world.ownerSql`select count(*)::int as n from alerts where team_id = ${teamId}`;
  expect(seen?.n).toBe(256);
});

test('alerting S60: what could not be stored is answered with an error and is not there, and the next batch counts', async () => {
  await world.ownerSql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
    create constraint trigger refuse after insert on alerts deferrable initially deferred
      for each row execute function refuse();`);
  expect((await post(slow)).status).toBe(500);
  await world.ownerSql.unsafe('drop trigger refuse on alerts; drop function refuse()');
  expect(await stored()).toEqual([]);
  expect((await post(slow)).status).toBe(200);
  expect(await stored()).toHaveLength(1);
});

test('alerting S61: an alert without an end resolves by its timeout, and each repeat pushes that forward', async () => {
  const start = new Date();
  await travelTo(world, start);
  await post(slow);
  await travelTo(world, new Date(start.getTime() + 4 * MINUTE));
  await post(slow);
  await tick(new Date(start.getTime() + 8 * MINUTE));
  expect(await stored()).toMatchObject([{ status: 'active', endsByTimeout: true }]);
  await tick(new Date(start.getTime() + 9 * MINUTE));
  expect(await stored()).toMatchObject([{ status: 'resolved', resolveReason: 'timeout' }]);
});

test('alerting S62: the end that Prometheus sends resolves the alert when it falls silent', async () => {
  const start = new Date();
  await travelTo(world, start);
  const endsAt = new Date(start.getTime() + 4 * MINUTE).toISOString();
  await post({ ...slow, startsAt: start.toISOString(), endsAt });
  await tick(new Date(start.getTime() + 4 * MINUTE - 1000));
  expect(await stored()).toMatchObject([{ status: 'active' }]);
  await tick(new Date(start.getTime() + 4 * MINUTE));
  expect(await stored()).toMatchObject([{ status: 'resolved', resolveReason: 'ended' }]);
});

test('alerting S66: of a mixed batch the valid alerts are stored, and the 400 names the bad ones', async () => {
  const answer = await post(slow, { labels: {} }, { labels: { alertname: 'Other' } });
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('alert 1');
  expect((await stored()).map(({ title }) => title).sort()).toEqual(['Other', 'Slow']);
});

test('alerting S66: an alert with text that the database cannot hold is taken without it; a time beyond the years is refused', async () => {
  const odd = { labels: { alertname: 'Odd\0', 'half\ud83d': 'x' }, annotations: { summary: 'a\ud83db' } };
  const far = { labels: { alertname: 'Far' }, startsAt: '+012026-01-01T00:00:00Z' };
  const early = { labels: { alertname: 'Early' }, endsAt: '0000-01-01T00:00:00Z' };
  const answer = await post(odd, far, early, slow);
  expect(answer).toMatchObject({ status: 400, body: expect.stringMatching(/alert 1.*\nalert 2/) });
  expect((await stored()).map(({ title, labels }) => [title, labels]).sort()).toEqual([
    ['Slow', slow.labels],
    ['a\ufffdb', { alertname: 'Odd', 'half\ufffd': 'x' }],
  ]);
});

test('alerting S68: other annotations and another generator change the alert, other labels are another', async () => {
  await post({ ...slow, annotations: { summary: 'one' }, generatorURL: 'http://a/' });
  const [first] = await stored();
  await post({ ...slow, annotations: { summary: 'two' }, generatorURL: 'http://b/' });
  expect(await stored()).toMatchObject([{ id: first?.id, title: 'two', generatorUrl: 'http://b/' }]);
  await post({ labels: { ...slow.labels, instance: 'b' } });
  expect(await stored()).toHaveLength(2);
});

test('alerting S70: above the limit of an alertname new alerts are refused and an alert says so; known ones go on', async () => {
  ({ id: integrationId, secret } = await create({ name: 'limited', maxPerAlertname: 2 }));
  const one = (i: number, summary = '') => ({
    labels: { alertname: 'Slow', i: String(i) },
    annotations: { summary },
  });
  expect((await post(one(1), one(2))).status).toBe(200);
  const refused = await post(one(2, 'known'), one(3), { labels: { alertname: 'Other' } });
  expect(refused).toMatchObject({ status: 400, body: '1 new alerts called Slow are above the limit' });
  const titles = (await stored()).map(({ title }) => title);
  expect(titles).toEqual(
    expect.arrayContaining(['known', 'Other', 'limited sends more than 2 alerts called Slow']),
  );
  expect(titles).toHaveLength(4);
});

test('alerting S71: what is read is filtered as Alertmanager does, and a key that may only read sends and silences nothing', async () => {
  await post(slow, { labels: { alertname: 'Fast', instance: 'b' } });
  const { key } = await makeApiKey(world, teamId, ['read']);
  const names = async (query: string): Promise<string[]> =>
    (await call(`alerts?${query}`, { headers: basic(key) })).body.map(
      (alert: { labels: { alertname: string } }) => alert.labels.alertname,
    );
  expect((await names('')).sort()).toEqual(['Fast', 'Slow']);
  expect(await names(`filter=${encodeURIComponent('alertname=~"S.*"')}`)).toEqual(['Slow']);
  expect(await names('active=false')).toEqual([]);
  const groups = (await call('alerts/groups', { headers: basic(key) })).body;
  expect(groups).toMatchObject([{ receiver: { name: 'Everything else' }, alerts: [{}] }, { alerts: [{}] }]);
  expect((await call('status', { headers: basic(key) })).body).toMatchObject({
    cluster: { status: 'disabled' },
  });
  expect((await call('alerts', { method: 'POST', headers: bearer(key), body: [] })).status).toBe(403);
  const silence = { matchers: [], startsAt: new Date().toISOString(), endsAt: new Date().toISOString() };
  expect((await call('silences', { method: 'POST', headers: bearer(key), body: silence })).status).toBe(403);
});

test('alerting S71: however many alerts there are, a list is whole or says that it would be too long', async () => {
  await world.sql`
    insert into alerts (id, team_id, source, source_id, fingerprint, labels, severity, title, starts_at)
    select gen_random_uuid(), ${teamId}, 'integration', 'storm', n::text,
      jsonb_build_object('alertname', case when n > 50000 then 'Rare' else 'Storm' end), 'warning', 'storm', now()
    from generate_series(1, 50001) n`;
  const { key } = await makeApiKey(world, teamId, ['read']);
  const rare = await call(`alerts?filter=${encodeURIComponent('alertname=Rare')}`, { headers: basic(key) });
  expect(rare.body).toHaveLength(1);
  const all = await call('alerts', { headers: basic(key) });
  expect(all.status).toBe(413);
  expect(JSON.stringify(all.body)).toContain('Narrow them by a filter');
});

test('security N4: a body that is no list, too deep or of another type is refused in the words of the API', async () => {
  expect(await call('alerts', { method: 'POST', body: { alerts: [] } })).toMatchObject({ status: 400 });
  expect((await call('alerts?filter=nonsense')).status).toBe(400);
  expect((await call('alerts?receiver=%5B')).status).toBe(400);
  expect((await call('nothing')).status).toBe(404);
  expect((await call('silence/00000000-0000-7000-8000-000000000000')).status).toBe(404);
});

/** Asks the store until something is so; every look asks anew. */
async function until(fits: (rows: Awaited<ReturnType<typeof stored>>) => boolean) {
  for (;;) {
    const rows = await stored();
    if (fits(rows)) return rows;
    await world.sql`select pg_sleep(0.05)`;
  }
}

async function startPrometheus(root: string): Promise<void> {
  const rules = join(world.dataDir, 'rules.yml');
  const config = join(world.dataDir, 'prometheus.yml');
  writeFileSync(
    rules,
    `groups: [{name: g, rules: [{alert: Broken, expr: 'test_broken == 1', labels: {severity: critical},
      annotations: {summary: 'It broke', runbook_url: 'https://runbooks.example/broken'}}]}]`,
  );
  writeFileSync(
    config,
    `global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: ['${rules}']
scrape_configs: [{job_name: test, static_configs: [{targets: ['127.0.0.1:${port}']}]}]
alerting: {alertmanagers: [{api_version: v2, path_prefix: '/api/integrations/${integrationId}',
  authorization: {credentials: '${secret}'}, static_configs: [{targets: ['127.0.0.1:${port}']}]}]}`,
  );
  const data = join(world.dataDir, `data-${integrationId}`);
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${data}`, '--web.listen-address=127.0.0.1:0'];
  children.push(
    spawn(join(root, 'usr/bin/prometheus'), [...args, '--rules.alert.resend-delay=1s'], { stdio: 'ignore' }),
  );
}

test('alerting S59: a real Prometheus that points at us raises an alert and resolves it', {
  timeout: 60_000,
}, async ({ skip }) => {
  const root = debianPackages(['prometheus']) ?? skip('not run: Debian gave no prometheus');
  await startPrometheus(root);
  const [alert] = await until((rows) => rows.length > 0);
  expect(alert).toMatchObject({
    title: 'It broke',
    severity: 'critical',
    status: 'active',
    runbookUrl: 'https://runbooks.example/broken',
    labels: { alertname: 'Broken', job: 'test' },
  });
  isBroken = 0;
  expect(await until(([row]) => row?.status === 'resolved')).toHaveLength(1);
});

test('alerting S71: the real amtool lists alerts and groups, adds a silence, sees it and expires it', {
  timeout: 60_000,
}, async ({ skip }) => {
  const root = debianPackages(['prometheus-alertmanager']) ?? skip('not run: Debian gave no amtool');
  await post(slow);
  const { key } = await makeApiKey(world, teamId, ['read', 'write']);
  const url = `--alertmanager.url=http://any:${key}@127.0.0.1:${port}`;
  const amtool = async (...args: string[]) =>
    (await run(join(root, 'usr/bin/amtool'), [url, ...args])).stdout;
  expect(JSON.parse(await amtool('alert', 'query', '-o', 'json', 'alertname=Slow'))).toMatchObject([
    { labels: { alertname: 'Slow' }, status: { state: 'active' } },
  ]);
  const id = (
    await amtool('silence', 'add', 'alertname=Slow', '--duration=1h', '--author=ada', '--comment=deploy')
  ).trim();
  const listed = () => amtool('silence', 'query', '-o', 'json').then((text) => JSON.parse(text) as object[]);
  expect(await listed()).toMatchObject([{ id, comment: 'deploy', status: { state: 'active' } }]);
  expect(JSON.stringify(await listed())).toContain('ada via key-');
  await amtool('silence', 'expire', id);
  expect(await listed()).toEqual([]);
  expect(await amtool('cluster', 'show')).toContain('disabled');
});
