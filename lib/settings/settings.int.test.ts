import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listAuditRows } from '#lib/audit/queries.ts';
import { execute } from '#lib/command/define-command.ts';
import { ask } from '#lib/command/define-query.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { FEATURE_FLAGS, type InstallationSettings } from '#lib/model/installation-settings.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { actorOf, makeRole } from '#lib/testing/access-world.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { testSecret } from '#lib/testing/delivery.ts';
import { makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { setMailServer, testMailServer } from './mail-server.ts';
import { getFeatureFlags, getMailServer, getRateLimits } from './queries.ts';
import { setFeatureFlags, setRateLimits } from './set-values.ts';
import { createSettingsReader } from './settings-reader.ts';

const environment: InstallationSettings = {
  features: {
    auto_scaling: false,
    advanced_analytics: true,
    deployment_automation: false,
    ai_recommendations: false,
  },
  rateLimits: {
    apiPerMinute: 60,
    apiPerHour: 1000,
    signInPerMinute: 10,
    pageDataPerMinute: 600,
    acknowledgePerMinute: 120,
    liveTokenPerMinute: 60,
    otlpPointsPerSecond: 100_000,
    alertsPerMinute: 600,
    provisioningPerMinute: 600,
    healthPerMinute: 600,
  },
  mailServer: null,
};
const password = 'canary-of-the-mail-account';
const server = {
  host: 'mail.example.test',
  port: 587,
  tls: 'starttls',
  user: 'pitwall',
  password,
  from: 'pitwall@example.test',
} as const;

let world: World;
let teamId: string;
let userId: string;
let clock: ReturnType<typeof manualClock>;
let context: ReturnType<typeof commandContext>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await world.sql`delete from installation_settings`;
  teamId = (await makeTeam(world)).id;
  userId = (await makeUser(world, { name: 'Ada', globalRole: 'admin' })).id;
  clock = manualClock(Date.now());
  context = commandContext(world, { clock });
  context.deps.installation = environment;
  context.deps.sealer = createSecretBox(testSecret);
});
afterAll(() => world.close());

/** Somebody with a global role: rights over the installation come from nowhere else. */
const admin = () =>
  userActor(teamId, 'admin', {
    userId,
    permissions: new Set(['installation:read', 'installation:update']),
    signedInAtMs: clock.now(),
  });
const readerOf = () => createSettingsReader({ ...context, sealer: createSecretBox(testSecret), environment });

test('a flag that is set here wins over the environment, says so, and goes back to it', async () => {
  const reader = await readerOf();
  expect((await reader.current()).features.auto_scaling).toBe(false);
  await execute(context, admin(), setFeatureFlags, { flags: { auto_scaling: true }, seen: 0 });
  expect((await reader.current()).features).toEqual({ ...environment.features, auto_scaling: true });
  const view = await ask(context, admin(), getFeatureFlags, {});
  expect(view).toMatchObject({ setHere: ['auto_scaling'], version: 1, changedBy: 'Ada' });
  expect(Object.keys(view.values)).toEqual([...FEATURE_FLAGS]);

  await execute(context, admin(), setFeatureFlags, { flags: { auto_scaling: null }, seen: 1 });
  expect((await reader.current()).features).toEqual(environment.features);
  expect(await ask(context, admin(), getFeatureFlags, {})).toMatchObject({ setHere: [], version: 2 });
});

test('a change that was not announced holds within 5 s', async () => {
  const reader = await readerOf();
  await reader.current();
  const silent = { ...context, bus: commandContext(world).bus };
  await execute(silent, admin(), setRateLimits, { limits: { apiPerMinute: 2 }, seen: 0 });
  expect((await reader.current()).rateLimits.apiPerMinute).toBe(60);
  clock.advance(5000);
  expect((await reader.current()).rateLimits.apiPerMinute).toBe(2);
  expect(reader.latest().rateLimits.apiPerMinute).toBe(2);
});

test('while the database is away the settings that were known last count', async () => {
  const away = await createWorld();
  const reader = await createSettingsReader({
    ...commandContext(away, { clock }),
    sealer: createSecretBox(testSecret),
    environment,
  });
  const own = { ...context, db: away.db };
  await execute(
    own,
    { ...admin(), userId: (await makeUser(away)).id, teamId: (await makeTeam(away)).id },
    setRateLimits,
    {
      limits: { signInPerMinute: 3 },
      seen: 0,
    },
  );
  expect((await reader.current()).rateLimits.signInPerMinute).toBe(3);
  await away.close();
  clock.advance(60_000);
  expect((await reader.current()).rateLimits.signInPerMinute).toBe(3);
});

test('the loser of a race gets a conflict and changes nothing', async () => {
  const set = (apiPerMinute: number) =>
    execute(context, admin(), setRateLimits, { limits: { apiPerMinute }, seen: 0 }).then(
      () => 'done',
      (error) => error.code,
    );
  expect((await Promise.all([set(5), set(6)])).sort()).toEqual(['conflict', 'done']);
  const again = execute(context, admin(), setRateLimits, { limits: { apiPerMinute: 7 }, seen: 0 });
  await expect(again).rejects.toMatchObject({ code: 'conflict' });
});

test('security Z8: limits outside their bounds and unknown ones are refused at their field', async () => {
  const set = (limits: object) => execute(context, admin(), setRateLimits, { limits, seen: 0 } as never);
  await expect(set({ pageDataPerMinute: 1 })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'limits.pageDataPerMinute', message: 'Choose 60 to 1000000.' }],
  });
  await expect(set({ isAdmin: 1 })).rejects.toMatchObject({ code: 'invalid' });
  expect(await ask(context, admin(), getRateLimits, {})).toMatchObject({ version: 0, setHere: [] });
});

test('security O8: the password of the mail server is sealed, and no answer, view or audit row has it', async () => {
  const set = await execute(context, admin(), setMailServer, { server, seen: 0 });
  const shown = [
    set,
    await ask(context, admin(), getMailServer, {}),
    await listAuditRows(world.db, teamId, 10),
    [...(await world.sql`select * from installation_settings`)],
    context.published,
  ];
  expect(JSON.stringify(shown)).not.toContain(password);
  expect(shown[1]).toMatchObject({ isSetHere: true, server: { host: server.host, user: 'pitwall' } });
  const reader = await readerOf();
  expect((await reader.current()).mailServer).toMatchObject({ account: { user: 'pitwall', password } });
});

test('security O8: a stored password goes on for its own server only, never to another one', async () => {
  await execute(context, admin(), setMailServer, { server, seen: 0 });
  const { password: _typed, ...kept } = server;
  const from = 'alerts@example.test';
  await execute(context, admin(), setMailServer, { server: { ...kept, from }, seen: 1 });
  const reader = await readerOf();
  expect((await reader.current()).mailServer).toMatchObject({ from, account: { password } });
  for (const change of [
    { host: 'evil.example.test' },
    { port: 25 },
    { user: 'other' },
    { tls: 'none' },
  ] as const) {
    const moved = execute(context, admin(), setMailServer, { server: { ...kept, ...change }, seen: 2 });
    await expect(moved).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'server.password' }] });
  }
  await execute(context, admin(), setMailServer, { server: null, seen: 2 });
  expect((await reader.current()).mailServer).toBeNull();
});

test('security O9: no field of the mail server takes a line break', async () => {
  for (const change of [
    { host: 'a\r\nb' },
    { user: 'a\r\nRCPT TO:<x>' },
    { password: 'a\nb' },
    { from: 'a@b.test\r\nBcc: x@y.test' },
  ]) {
    const work = execute(context, admin(), setMailServer, { server: { ...server, ...change }, seen: 0 });
    await expect(work).rejects.toMatchObject({ code: 'invalid' });
  }
});

test('security A16: the mail server is changed after a recent sign-in only', async () => {
  const stale = { ...admin(), signedInAtMs: clock.now() - 16 * 60_000 };
  await expect(execute(context, stale, setMailServer, { server, seen: 0 })).rejects.toMatchObject({
    code: 'reauthentication_required',
  });
});

test('security Z6: who holds less than everything does not choose where the links into all accounts go', async () => {
  const role = await makeRole(world, null, ['installation:read', 'installation:update']);
  const keeper = await actorOf(world, teamId, (await makeUser(world, { globalRole: role })).id);
  const set = execute(context, keeper, setMailServer, { server, seen: 0 });
  await expect(set).rejects.toMatchObject({ code: 'forbidden' });
  await execute(context, keeper, setRateLimits, { limits: { apiPerMinute: 2 }, seen: 0 });
});

test('an admin of a team alone neither reads nor changes what concerns everybody, and leaves denials', async () => {
  const teamAdmin = userActor(teamId, 'admin', {
    permissions: new Set(['team:update', 'members:manage', 'api-keys:create']),
  });
  const attempts = [
    execute(context, teamAdmin, setFeatureFlags, { flags: {}, seen: 0 }),
    execute(context, teamAdmin, setRateLimits, { limits: {}, seen: 0 }),
    execute(context, teamAdmin, setMailServer, { server: null, seen: 0 }),
    execute(context, teamAdmin, testMailServer, {}),
    ask(context, teamAdmin, getMailServer, {}),
  ];
  const refused = attempts.map(() => ({ status: 'rejected', reason: { code: 'forbidden' } }));
  expect(await Promise.allSettled(attempts)).toMatchObject(refused);
  const rows = await listAuditRows(world.db, teamId, 10);
  expect(rows.map(({ outcome }) => outcome)).toEqual(attempts.map(() => 'denied'));
});

test('security U4: a change leaves its row with what was in force before and after', async () => {
  await execute(context, admin(), setRateLimits, { limits: { apiPerMinute: 2 }, seen: 0 });
  expect(await listAuditRows(world.db, teamId, 1)).toMatchObject([
    {
      action: 'settings.set-rate-limits',
      details: { before: { apiPerMinute: 60 }, after: { apiPerMinute: 2 } },
    },
  ]);
});

test('a section that cannot be read leaves the environment in force', async () => {
  await world.ownerSql`insert into installation_settings (section, value) values ('rate-limits', '{"apiPerMinute":"x"}')`;
  await execute(context, admin(), setFeatureFlags, { flags: { ai_recommendations: true }, seen: 0 });
  const reader = await readerOf();
  const { rateLimits, features } = await reader.current();
  expect([rateLimits, features.ai_recommendations]).toEqual([environment.rateLimits, true]);
});
