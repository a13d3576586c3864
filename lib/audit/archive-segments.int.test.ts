import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { uuidv7 } from '#lib/model/uuid.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { readArchive } from './archive-file.ts';
import { archiveBefore, archiveSegment } from './archive-segments.ts';
import { listAuditRows } from './queries.ts';
import { recordAudit } from './record.ts';
import { readStretch } from './row-lines.ts';
import { verifyChain } from './verify.ts';

const NOW = Date.UTC(2026, 4, 10, 12);
let world: World;
let teamId: string;
let dir: string;
beforeAll(async () => {
  world = await createWorld();
  dir = mkdtempSync(join(tmpdir(), 'audit-archive-'));
});
beforeEach(() => {
  teamId = uuidv7();
});
afterAll(async () => {
  await world.close();
  rmSync(dir, { recursive: true, force: true });
});

async function write(at: number): Promise<void> {
  const origin = { ip: null, userAgent: 'a\u0085b', requestId: 'r' };
  const actor = { kind: 'system', name: 'test', teamId, grants: [], origin } as const;
  const target = { kind: 'thing', id: 'x' };
  await world.db.transaction((tx) =>
    recordAudit(tx, { actor, action: 'thing.update', target, outcome: 'ok', after: { at } }, new Date(at)),
  );
}

/** Three rows of January, two of February, one of May: kept for 90 days, January has to go. */
async function year(): Promise<void> {
  for (const day of [5, 6, 31]) await write(Date.UTC(2026, 0, day));
  for (const day of [1, 9]) await write(Date.UTC(2026, 1, day));
  await write(Date.UTC(2026, 4, 10));
}

const archive = (nowMs = NOW) => archiveSegment({ db: world.db, dir, keepDays: 90 }, teamId, nowMs);
const seqs = async () => (await listAuditRows(world.db, teamId, 100)).map(({ seq }) => seq);
const drop = (toSeq: number) => world.sql`select drop_audit_segment(${teamId}, ${toSeq})`;

/** The script that people run: its exit code and what it printed. */
function script() {
  const file = join(import.meta.dirname, '../../scripts/audit-verify.mjs');
  const env = { PATH: process.env.PATH, NODE_ENV: 'test' as const, DATABASE_URL: world.appUrl };
  const { status, stdout } = spawnSync(process.execPath, [file], { env, encoding: 'utf8' });
  return { status, stdout };
}

async function behindTheBack(statement: string): Promise<void> {
  await world.ownerSql.begin(async (sql) => {
    await sql`alter table audit_log disable trigger audit_log_append_only`;
    await sql.unsafe(statement, [teamId]);
    await sql`alter table audit_log enable trigger audit_log_append_only`;
  });
}

test('security U6: whole months go into a file that verifies by itself, then out of the ledger, which still verifies', async () => {
  await year();
  const before = await verifyChain(world.db, teamId);
  const dropped = await archive();
  expect(dropped).toMatchObject({ fromSeq: 1, toSeq: 3 });
  expect(await seqs()).toEqual([7, 6, 5, 4]);
  const text = await readArchive(dir, dropped?.file ?? '');
  expect(readStretch(teamId, text)).toMatchObject({ fromSeq: 1, toSeq: 3 });
  expect(readStretch(teamId, text.replace('"outcome":"ok"', '"outcome":"denied"'))).toBeNull();
  const [row] = await listAuditRows(world.db, teamId, 1);
  expect(row).toMatchObject({
    ...{ action: 'audit.archive', actorKind: 'system', targetKind: 'ledger' },
    details: { after: { fromSeq: 1, toSeq: 3, lastHash: dropped?.lastHash, file: dropped?.file } },
  });
  if (!before.intact) throw new Error('the chain was broken before');
  const after = await verifyChain(world.db, teamId, before.head);
  expect(after).toMatchObject({ intact: true, archived: 3, head: { seq: 7 } });
  expect(script()).toMatchObject({ status: 0, stdout: expect.stringContaining(`intact  ${teamId}  7 rows`) });
  expect(await archive()).toBeNull();
  expect(await archive(Date.UTC(2026, 5, 10))).toMatchObject({ fromSeq: 4, toSeq: 5 });
  expect(await verifyChain(world.db, teamId)).toMatchObject({ intact: true, archived: 5 });
});

test('security U6: nothing is removed that no whole, archived, old segment holds, by whatever role', async () => {
  await year();
  await expect(drop(3)).rejects.toThrow(/no archived segment/);
  const hash: Buffer = Buffer.alloc(32, 1);
  const insert = (fromSeq: number, toSeq: number, previous = hash, last = hash) => world.sql`
    insert into audit_segments (team_id, from_seq, to_seq, previous_hash, last_hash, file, sha256, archived_at)
    values (${teamId}, ${fromSeq}, ${toSeq}, ${previous}, ${last}, 'x', ${hash}, now())`;
  await insert(1, 2);
  await expect(drop(2)).rejects.toThrow(/no whole, archived segment/);
  const hashes = await world.sql<{ hash: Buffer }[]>`
    select hash from audit_log where team_id = ${teamId} order by seq`;
  const real = (seq: number) => hashes[seq - 1]?.hash ?? hash;
  // Whole and right, but nothing in the ledger says so; and one that begins in the middle.
  await insert(3, 4, real(2), real(4));
  await expect(drop(4)).rejects.toThrow(/no whole, archived segment/);
  for (const statement of [
    'delete from audit_log',
    'update audit_segments set to_seq = 9',
    'delete from audit_segments',
  ]) {
    await expect(world.sql.unsafe(statement)).rejects.toThrow(/permission denied/);
    await expect(world.ownerSql.unsafe(statement)).rejects.toThrow(/append-only/);
  }
  expect(await seqs()).toEqual([6, 5, 4, 3, 2, 1]);
});

test('security U6: a step that ended between the file and the removal is taken up; a lost file is written again', async () => {
  await year();
  // As the step leaves it: the function that removes is away for the moment.
  await world.ownerSql`alter function drop_audit_segment(uuid, bigint) rename to gone_for_now`;
  await expect(archive()).rejects.toThrow();
  await world.ownerSql`alter function gone_for_now(uuid, bigint) rename to drop_audit_segment`;
  expect(await seqs()).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(await verifyChain(world.db, teamId)).toMatchObject({ intact: true, archived: 0 });
  rmSync(join(dir, teamId), { recursive: true });
  expect(await archive()).toMatchObject({ fromSeq: 1, toSeq: 3 });
  expect(await seqs()).toEqual([7, 6, 5, 4]);
});

test('security U6: a broken chain and a directory that cannot be written keep their rows', async () => {
  await year();
  const blocked = join(dir, 'blocked');
  writeFileSync(blocked, '');
  const nowhere = archiveSegment({ db: world.db, dir: blocked, keepDays: 90 }, teamId, NOW);
  await expect(nowhere).rejects.toThrow();
  await behindTheBack(`update audit_log set actor_name = 'nobody' where team_id = $1 and seq = 2`);
  await expect(archive()).rejects.toThrow(/not as they were written/);
  expect(await seqs()).toEqual([6, 5, 4, 3, 2, 1]);
});

test('security U3, U6: rows that are missing without an archive that the ledger vouches for are a gap', async () => {
  await year();
  await archive();
  await behindTheBack('delete from audit_log where team_id = $1 and seq = 4');
  expect(await verifyChain(world.db, teamId)).toEqual({ intact: false, brokenAt: 1, reason: 'gap' });
  await behindTheBack('delete from audit_log where team_id = $1 and seq <= 6');
  expect(await verifyChain(world.db, teamId)).toMatchObject({ intact: false, reason: 'gap' });
});

test('segments end with months, the first of which is kept whole', () => {
  expect(archiveBefore(NOW, 90)).toEqual(new Date(Date.UTC(2026, 1)));
  expect(archiveBefore(Date.UTC(2026, 3, 1), 90)).toEqual(new Date(Date.UTC(2026, 0)));
});
