import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { passkeys } from '#db/schema/sign-in.ts';
import type { Permission, Role } from '#lib/access/permissions.ts';
import { canonicalJson, type Json } from '#lib/audit/canonical-json.ts';
import { createHeadLines } from '#lib/audit/head-line.ts';
import { type AuditEntry, INSTALLATION_LEDGER, recordAudit } from '#lib/audit/record.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { makeRole } from '#lib/testing/access-world.ts';
import { commandContext, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeAgent, makeApiKey, makeMember, makeSession, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { exportAuditLog } from './export-audit-log.ts';
import { listAuditLog, listInstallationAuditLog } from './queries.ts';
import { verifyAuditLog } from './verify-audit-log.ts';

const SECRET = 'the secret of this installation, as long as one';
let world: World;
let teamId: string;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
  context = commandContext(world);
  context.deps.headLine = createHeadLines(SECRET).write;
});
afterAll(() => world.close());

const actor = (role: Role = 'admin') => userActor(teamId, role);
const list = (input: object = {}, role: Role = 'admin') => ask(context, actor(role), listAuditLog, input);
const verify = () => execute(context, actor(), verifyAuditLog, {});
const exported = (input: object) => execute(context, actor(), exportAuditLog, input);

async function write(entry: Partial<AuditEntry> = {}, at = new Date()): Promise<void> {
  const target = { kind: 'thing', id: 'x' };
  const base = { actor: actor(), action: 'thing.update', target, outcome: 'ok' } as const;
  await world.db.transaction((tx) => recordAudit(tx, { ...base, ...entry }, at));
}

async function behindTheBack(statement: string): Promise<void> {
  await world.ownerSql.begin(async (sql) => {
    await sql`alter table audit_log disable trigger audit_log_append_only`;
    await sql.unsafe(statement, [teamId]);
    await sql`alter table audit_log enable trigger audit_log_append_only`;
  });
}

test('rows are read newest first, a page at a time, with who, what, where from and what changed', async () => {
  const agent = await makeAgent(world, teamId);
  for (let i = 1; i <= 5; i++) await write({ before: { n: i }, after: { n: i + 1 } });
  await write({ target: { kind: 'agent', id: agent.id } });
  const first = await list({ limit: 4 });
  expect(first.items.map(({ seq }) => seq)).toEqual([6, 5, 4, 3]);
  expect(first.items[0]).toMatchObject({ targetKind: 'agent', targetOpens: true });
  expect(first.items[1]).toMatchObject({
    ...{ actorName: 'admin@example.test', ip: testOrigin.ip, userAgent: testOrigin.userAgent },
    ...{ requestId: 'test', before: { n: 5 }, after: { n: 6 }, targetOpens: false },
  });
  expect(Object.keys(first.items[0] ?? {})).not.toContain('hash');
  const second = await list({ limit: 4, cursor: first.nextCursor });
  expect([second.items.map(({ seq }) => seq), second.nextCursor]).toEqual([[2, 1], null]);
  await expect(list({ cursor: 'b' })).rejects.toMatchObject({ issues: [{ path: 'cursor' }] });
});

test('a target opens for a reader whose role may see its page, while it is there, in this team only', async () => {
  const other = (await makeTeam(world)).id;
  const key = await makeApiKey(world, teamId, ['ingest']);
  const role = await makeRole(world, teamId, ['agents:read']);
  const installationRole = await makeRole(world, null, ['agents:read']);
  const targets: [kind: string, id: string][] = [
    ['api-key', key.id],
    ['user', (await makeMember(world, teamId, 'viewer')).id],
    ['user', (await makeMember(world, other, 'viewer')).id],
    ['role', role],
    ['role', installationRole],
    ['role', 'admin'],
    ['team', teamId],
    ['team', other],
    ['installation', 'rate-limits'],
    ['session', key.id],
    ['constructor', key.id],
  ];
  for (const [kind, id] of targets) await write({ target: { kind, id } });
  const open = async (permissions: Permission[]) => {
    const reader = userActor(teamId, 'viewer', {
      permissions: new Set<Permission>(['audit:read', ...permissions]),
    });
    const { items } = await ask(context, reader, listAuditLog, {});
    return items
      .filter(({ targetOpens }) => targetOpens)
      .map(({ targetKind, targetId }) => [targetKind, targetId]);
  };
  expect(await open([])).toEqual([]);
  const all = await open([
    'api-keys:read',
    'sessions:read-any',
    'roles:manage',
    'team:read',
    'installation:read',
  ]);
  expect(all.toReversed()).toEqual([targets[0], targets[1], targets[3], targets[6], targets[8]]);
});

test('runs, sessions and what people keep for themselves open for who may see where they are shown, and nobody else', async () => {
  const reader = await makeMember(world, teamId, 'admin');
  const member = await makeMember(world, teamId, 'viewer');
  const stranger = await makeMember(world, (await makeTeam(world)).id, 'viewer');
  const traceId = randomBytes(16).toString('hex');
  const agent = await makeAgent(world, teamId);
  await world.ownerSql`select ensure_partition('spans', now())`;
  await world.ownerSql`
    insert into spans (team_id, agent_id, end_at, start_ns, end_ns, duration_ms, trace_id, span_id, kind, is_agent_run,
      is_error, is_soft_failure, name, operation, owner_source, scope, convention)
    values (${teamId}, ${agent.id}, now(), 0, 1, 1, decode(${traceId}, 'hex'), ${randomBytes(8)}, 1, true, false, false,
      'run', 'chat', 'name', '', '')`;
  const passkeyOf = async (userId: string) => {
    const id = uuidv7();
    const credentialId = randomBytes(16);
    const values = {
      id,
      userId,
      name: 'Key',
      credentialId,
      publicKey: randomBytes(8),
      counter: 0,
      transports: [],
    };
    await world.db.insert(passkeys).values(values);
    return id;
  };
  const rows: [kind: string, id: string, shownBy: string | null][] = [
    ['run', traceId, traceId],
    ['run', randomBytes(16).toString('hex'), null],
    ['session', (await makeSession(world, member.id)).id, member.id],
    ['session', (await makeSession(world, stranger.id)).id, null],
    ['passkey', await passkeyOf(member.id), null],
    ['group-mapping', '', ''],
  ];
  const own = await passkeyOf(reader.id);
  rows.push(['passkey', own, own]);
  for (const [kind, id] of rows) await write({ target: { kind, id } });
  const shown = async (permissions: Permission[]) => {
    const values = { userId: reader.id, permissions: new Set<Permission>(['audit:read', ...permissions]) };
    const { items } = await ask(context, userActor(teamId, 'admin', values), listAuditLog, {});
    return items.toReversed().map(({ targetShownBy }) => targetShownBy);
  };
  expect(await shown([])).toEqual(rows.map(() => null));
  const all: Permission[] = [
    'runs:read',
    'sessions:read-any',
    'credentials:manage-own',
    'identity-providers:manage',
  ];
  expect(await shown(all)).toEqual(rows.map(([, , shownBy]) => shownBy));
});

test('filters narrow by person, action or noun, target, outcome and time; wildcards are letters', async () => {
  await write({ action: 'agent.update', target: { kind: 'agent', id: 'a' } }, new Date(1_000_000));
  await write({ action: 'agent-view.save', outcome: 'denied', reason: 'no' });
  await write({ actor: userActor(teamId, 'viewer', { email: 'grace_100%@example.test' }) });
  const found = async (input: object) => (await list(input)).items.map(({ seq }) => seq);
  expect(await found({ action: 'agent' })).toEqual([1]);
  expect(await found({ action: 'agent_' })).toEqual([]);
  expect(await found({ actor: 'GRACE_100%' })).toEqual([3]);
  expect(await found({ actor: '%' })).toEqual([3]);
  expect(await found({ outcome: 'denied' })).toEqual([2]);
  expect(await found({ targetKind: 'agent', targetId: 'a' })).toEqual([1]);
  expect(await found({ from: 2_000_000 })).toEqual([3, 2]);
  expect(await found({ to: 2_000_000 })).toEqual([1]);
});

test('security Z4: the ledger of another team and of the installation are not in this one', async () => {
  const other = (await makeTeam(world)).id;
  await write({ actor: userActor(other, 'admin') });
  await write({
    actor: { kind: 'anonymous', teamId: INSTALLATION_LEDGER, claimed: 'x', origin: testOrigin },
  });
  expect((await list()).items).toEqual([]);
  await expect(ask(context, actor(), listInstallationAuditLog, {})).rejects.toMatchObject({
    code: 'forbidden',
  });
  const permissions = new Set(['accounts:read'] as const);
  const governor = userActor(teamId, 'viewer', { permissions });
  const page = await ask(context, governor, listInstallationAuditLog, { actor: 'x' });
  expect(page.items).toMatchObject([{ actorKind: 'anonymous', actorName: 'x' }]);
});

test('security U4: developers are refused, which stands in the log, and so does each export', async () => {
  await expect(list({}, 'developer')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(execute(context, actor('developer'), exportAuditLog, { format: 'csv' })).rejects.toMatchObject(
    { code: 'forbidden' },
  );
  await exported({ format: 'jsonl', outcome: 'denied' });
  expect((await list()).items).toMatchObject([
    {
      ...{ action: 'audit.export', outcome: 'ok', ip: testOrigin.ip, userAgent: testOrigin.userAgent },
      after: { format: 'jsonl', filter: { outcome: 'denied' }, rows: 2, firstRow: 1, lastRow: 2 },
    },
    { action: 'audit.export', outcome: 'denied', targetKind: 'ledger' },
    { action: 'audit.list', outcome: 'denied' },
  ]);
});

test('security N11: no cell of an exported CSV is a formula, and quotes and line breaks stay in their cell', async () => {
  const claimed = '=HYPERLINK("http://evil.example","x")';
  const userAgent = '\t@SUM(A1)\r\n-1+1';
  const origin = { ...testOrigin, userAgent };
  await write({
    actor: { kind: 'anonymous', teamId, claimed, origin },
    target: { kind: 'thing', id: '＋1' },
  });
  const { text, rows } = await exported({ format: 'csv' });
  expect(rows).toBe(1);
  expect(text).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`);
  expect(text).toContain(`"'\t@SUM(A1)\r\n-1+1"`);
  expect(text).toContain(`"'＋1"`);
  expect(text.split('\r\n')[0]).toMatch(/^seq,at,action,/);
  expect(text).not.toMatch(/(^|,)"[=+\-@\t\r]/m);
});

test('security U5: no control character of a row stands in an export, and JSON lines say the same', async () => {
  const userAgent = 'a\u001b[2J\u009b31m\u007f\u2028b';
  await write({
    actor: { kind: 'anonymous', teamId, claimed: userAgent, origin: { ...testOrigin, userAgent } },
  });
  const csv = (await exported({ format: 'csv' })).text;
  expect(csv).toContain('a\\u001b[2J\\u009b31m\\u007f\\u2028b');
  const jsonl = (await exported({ format: 'jsonl', limit: 1 })).text;
  for (const text of [csv.replaceAll('\r\n', ''), jsonl.trimEnd()])
    expect(text).not.toMatch(/[\p{Cc}\p{Zl}]/u);
  expect(JSON.parse(jsonl)).toMatchObject({ actorName: userAgent, userAgent });
});

test('security U3: JSON lines are exported in pieces and hold all that the chain can be verified with', async () => {
  for (let i = 0; i < 5; i++) await write({ after: { i, text: 'é\u2028' } });
  let cursor: string | null = null;
  let text = '';
  let pieces = 0;
  do {
    const piece = await exported({
      format: 'jsonl',
      limit: 2,
      to: Date.now() + 1,
      ...(cursor && { cursor }),
    });
    ({ nextCursor: cursor } = piece);
    text += piece.text;
    pieces += 1;
  } while (cursor !== null && pieces < 10);
  const lines = text.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(5);
  let previous = Buffer.alloc(32);
  for (const line of lines) {
    const { hash, previousHash, ...row } = JSON.parse(line) as Record<string, Json> & Record<'hash', string>;
    expect(previousHash).toBe(previous.toString('hex'));
    previous = createHash('sha256')
      .update(previous)
      .update(canonicalJson({ ...row, teamId }))
      .digest();
    expect(hash).toBe(previous.toString('hex'));
  }
});

test('security U3: verifying tells the first broken row in the log itself, and its head is signed', async () => {
  for (let i = 0; i < 3; i++) await write();
  const good = await verify();
  expect(good).toMatchObject({ intact: true, rows: 3, brokenAt: null });
  const lines = createHeadLines(SECRET);
  expect(lines.read(good.headLine ?? '')).toMatchObject({ teamId, seq: 3 });
  expect(lines.read((good.headLine ?? '').replace(' 3 ', ' 4 '))).toBeNull();
  expect(createHeadLines('another secret').read(good.headLine ?? '')).toBeNull();
  await behindTheBack(`update audit_log set actor_name = 'nobody' where team_id = $1 and seq = 2`);
  expect(await verify()).toEqual({ intact: false, rows: 1, brokenAt: 2, reason: 'content', headLine: null });
  expect((await list({ limit: 1 })).items).toMatchObject([
    { action: 'audit.verify', after: { brokenAt: 2 } },
  ]);
});

test('security U3: a head kept outside shows the script that rows were cut off before any night saw them', async () => {
  for (let i = 0; i < 3; i++) await write();
  const { headLine } = await verify();
  const file = join(mkdtempSync(join(tmpdir(), 'heads-')), 'heads.txt');
  writeFileSync(file, `{"level":"info","heads":["${headLine}"]}\n`);
  const script = (secret: string) => {
    const path = join(import.meta.dirname, '../../scripts/audit-verify.mjs');
    const env = { PATH: process.env.PATH, NODE_ENV: 'test' as const, DATABASE_URL: world.appUrl };
    return spawnSync(process.execPath, [path, file], {
      env: { ...env, SECRET_KEY: secret },
      encoding: 'utf8',
    });
  };
  expect(script(SECRET).stdout).toMatch(new RegExp(`intact  ${teamId}  \\d+ rows`));
  expect(script('another secret').stdout).toContain('1 lines were not signed by this installation');
  await behindTheBack('delete from audit_log where team_id = $1 and seq >= 3');
  expect(script(SECRET)).toMatchObject({
    status: 1,
    stdout: expect.stringContaining(`BROKEN  ${teamId}  at row 3  cut-off`),
  });
});
