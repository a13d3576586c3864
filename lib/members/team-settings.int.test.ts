import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Role } from '#lib/access/permissions.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { getTeamSettings } from './team-settings-query.ts';
import { updateTeamSettings } from './update-team-settings.ts';

const SEEN = { rawRetentionDays: null, spanRetentionDays: 14, logRetentionDays: 7 };
let world: World;
let teamId: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  teamId = (await makeTeam(world)).id;
});
afterAll(() => world.close());

const update = (role: Role, values: object) =>
  execute(commandContext(world), userActor(teamId, role), updateTeamSettings, { seen: SEEN, ...values });
const settings = () => ask(commandContext(world), userActor(teamId, 'viewer'), getTeamSettings, {});

test('an admin changes the retention of the own team, and the ledger holds before and after', async () => {
  const other = (await makeTeam(world)).id;
  await update('admin', { rawRetentionDays: 10, spanRetentionDays: 30 });
  const after = { rawRetentionDays: 10, spanRetentionDays: 30, logRetentionDays: 7 };
  expect(await settings()).toEqual(after);
  expect(await listAuditRows(world.db, teamId, 10)).toMatchObject([
    {
      action: 'team.update-settings',
      targetId: teamId,
      outcome: 'ok',
      details: {
        before: { rawRetentionDays: null, spanRetentionDays: 14 },
        after: { rawRetentionDays: 10, spanRetentionDays: 30 },
      },
    },
  ]);
  const elsewhere = await ask(commandContext(world), userActor(other, 'viewer'), getTeamSettings, {});
  expect(elsewhere).toEqual(SEEN);
});

test('raw points go back to the retention of the installation when the field is emptied', async () => {
  await update('admin', { rawRetentionDays: 10 });
  const stale = update('admin', { rawRetentionDays: 20 });
  await expect(stale).rejects.toMatchObject({ code: 'conflict' });
  const seen = { ...SEEN, rawRetentionDays: 10 };
  await update('admin', { rawRetentionDays: null, seen });
  expect(await settings()).toEqual(SEEN);
});

test('settings as nobody can have seen them are refused at their field', async () => {
  const stale = update('admin', { seen: { ...SEEN, spanRetentionDays: Number.MAX_SAFE_INTEGER } });
  await expect(stale).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'seen.spanRetentionDays' }],
  });
});

test.each(['developer', 'viewer'] as const)(
  'a %s sees the settings and may not change them',
  async (role) => {
    await expect(update(role, { spanRetentionDays: 30 })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await settings()).toEqual(SEEN);
    expect(await listAuditRows(world.db, teamId, 10)).toMatchObject([
      { action: 'team.update-settings', outcome: 'denied' },
    ]);
  },
);

test('the loser of two changes at once gets a conflict, and its change is nowhere', async () => {
  const results = await Promise.allSettled([
    update('admin', { spanRetentionDays: 30 }),
    update('admin', { spanRetentionDays: 90 }),
  ]);
  const lost = results.filter((result) => result.status === 'rejected');
  expect(lost).toMatchObject([{ reason: { code: 'conflict' } }]);
  expect(await listAuditRows(world.db, teamId, 10)).toHaveLength(1);
});

test('security Z8: unknown fields, what another permission decides and days out of range are refused', async () => {
  const refused = [
    { name: 'mine now' },
    { contentCapture: true },
    { spanRetentionDays: 'for ever' },
    { spanRetentionDays: 0 },
    { logRetentionDays: 366 },
    { rawRetentionDays: 0 },
  ];
  for (const values of refused) {
    await expect(update('admin', values), JSON.stringify(values)).rejects.toMatchObject({ code: 'invalid' });
  }
  expect(await settings()).toEqual(SEEN);
});
