import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SystemActor } from '#lib/access/actor.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { listAuditRows } from './queries.ts';
import { recordAudit } from './record.ts';
import { verifyChain } from './verify.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

function actorOf(teamId: string): SystemActor {
  const origin = { ip: '192.0.2.1', userAgent: 'a\r\nforged', requestId: 'r-1' };
  return { kind: 'system', name: 'test', teamId, grants: [], origin };
}

async function write(teamId: string, id: string): Promise<void> {
  const entry = { actor: actorOf(teamId), action: 'thing.update', target: { kind: 'thing', id } } as const;
  await world.db.transaction((tx) =>
    recordAudit(
      tx,
      { ...entry, outcome: 'ok', before: { n: 1 }, after: { n: 2.5, note: 'é\ud800' } },
      new Date(),
    ),
  );
}

async function behindTheBack(teamId: string, statement: string): Promise<void> {
  await world.ownerSql.begin(async (sql) => {
    await sql`alter table audit_log disable trigger audit_log_append_only`;
    await sql.unsafe(statement, [teamId]);
    await sql`alter table audit_log enable trigger audit_log_append_only`;
  });
}

test('security U1: a change that is rolled back leaves no row', async () => {
  const teamId = uuidv7();
  const failing = world.db.transaction(async (tx) => {
    const target = { kind: 'thing', id: 'x' };
    await recordAudit(
      tx,
      { actor: actorOf(teamId), action: 'thing.update', target, outcome: 'ok' },
      new Date(),
    );
    throw new Error('the change failed');
  });
  await expect(failing).rejects.toThrow('the change failed');
  expect(await listAuditRows(world.db, teamId, 10)).toEqual([]);
});

test.each(['update audit_log set action = action', 'delete from audit_log', 'truncate audit_log'])(
  'security U2: neither the app role nor the owner can %s',
  async (statement) => {
    await write(uuidv7(), 'x');
    await expect(world.sql.unsafe(statement)).rejects.toThrow(/permission denied/);
    await expect(world.ownerSql.unsafe(statement)).rejects.toThrow(/append-only/);
  },
);

test('security U3: concurrent writers make one chain without gaps that verifies', async () => {
  const teamId = uuidv7();
  await Promise.all(Array.from({ length: 20 }, (_, i) => write(teamId, String(i))));
  const rows = await listAuditRows(world.db, teamId, 100);
  expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
  expect(await verifyChain(world.db, teamId)).toMatchObject({ intact: true, head: { seq: 20 } });
});

test.each([
  ['content', 2, `update audit_log set details = '{"after": {"n": 3}}' where team_id = $1 and seq = 2`],
  ['gap', 2, 'delete from audit_log where team_id = $1 and seq = 2'],
  ['link', 3, `update audit_log set previous_hash = '\\x00' where team_id = $1 and seq = 3`],
  ['cut-off', 3, 'delete from audit_log where team_id = $1 and seq >= 3'],
] as const)(
  'security U3: tampering that breaks the %s is found at row %i',
  async (reason, brokenAt, statement) => {
    const teamId = uuidv7();
    for (const id of ['a', 'b', 'c', 'd']) await write(teamId, id);
    const before = await verifyChain(world.db, teamId);
    if (!before.intact) throw new Error('the chain was broken before the tampering');
    await behindTheBack(teamId, statement);
    expect(await verifyChain(world.db, teamId, before.head)).toEqual({ intact: false, brokenAt, reason });
  },
);
