import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { listAuditRows } from './queries.ts';
import { INSTALLATION_LEDGER, recordAudit } from './record.ts';
import { lastDueMs, verifyWhenDue } from './verify-ledgers.ts';

const NIGHT = Date.UTC(2026, 4, 1, 3, 30);
const DAY_MS = 86_400_000;
const signal = new AbortController().signal;
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function write(teamId: string): Promise<void> {
  const origin = { ip: null, userAgent: null, requestId: 'r' };
  const actor = { kind: 'system', name: 'test', teamId, grants: [], origin } as const;
  const target = { kind: 'thing', id: 'x' };
  await world.db.transaction((tx) =>
    recordAudit(tx, { actor, action: 'thing.update', target, outcome: 'ok' }, new Date()),
  );
}

/** The script that people run: its exit code and what it printed. */
function script() {
  const file = join(import.meta.dirname, '../../scripts/audit-verify.mjs');
  const env = { PATH: process.env.PATH, NODE_ENV: 'test' as const, DATABASE_URL: world.appUrl };
  const { status, stdout } = spawnSync(process.execPath, [file], { env, encoding: 'utf8' });
  return { status, stdout };
}

test('security U3: ledgers are verified once a night, and the next night misses rows cut off an end', async () => {
  const teamId = uuidv7();
  for (let i = 0; i < 3; i++) await write(teamId);
  const first = await verifyWhenDue(world.db, NIGHT, signal);
  expect(first.fresh?.heads).toMatchObject([{ teamId, seq: 3 }]);
  expect(await verifyWhenDue(world.db, NIGHT + 3_600_000, signal)).toMatchObject({ intact: 1, fresh: null });
  expect(script().status).toBe(0);

  await world.ownerSql.begin(async (sql) => {
    await sql`alter table audit_log disable trigger audit_log_append_only`;
    await sql`delete from audit_log where team_id = ${teamId} and seq = 3`;
    await sql`alter table audit_log enable trigger audit_log_append_only`;
  });
  expect(script()).toMatchObject({
    status: 1,
    stdout: expect.stringContaining(`BROKEN  ${teamId}  at row 3  cut-off`),
  });
  const broken = [{ teamId, reason: 'cut-off', brokenAt: 3 }];
  expect(await verifyWhenDue(world.db, NIGHT + DAY_MS, signal)).toMatchObject({
    broken: 1,
    fresh: { broken },
  });
  expect(await verifyWhenDue(world.db, NIGHT + 2 * DAY_MS, signal)).toMatchObject({ broken: 1 });
  const [row] = await listAuditRows(world.db, INSTALLATION_LEDGER, 1);
  expect(row).toMatchObject({ action: 'audit.verify', outcome: 'failed', details: { after: { broken } } });
});

test('the hour of verification is 03:00 UTC, before and after midnight', () => {
  expect(lastDueMs(NIGHT)).toBe(Date.UTC(2026, 4, 1, 3));
  expect(lastDueMs(Date.UTC(2026, 4, 2, 2, 59))).toBe(Date.UTC(2026, 4, 1, 3));
});
