import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { users } from '#db/schema/members.ts';
import { passkeys, passwordResets } from '#db/schema/sign-in.ts';
import { listAuditRows } from '#lib/audit/queries.ts';
import { INSTALLATION_LEDGER } from '#lib/audit/record.ts';
import { execute } from '#lib/command/define-command.ts';
import { makeConfig } from '#lib/config/config.ts';
import { systemActor } from '#lib/members/default-team.ts';
import { completePasswordReset } from '#lib/members/passwords/complete-password-reset.ts';
import { signInWithPassword } from '#lib/members/sign-in-with-password.ts';
import { commandContext, testOrigin } from '#lib/testing/command-context.ts';
import { makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { resetLinkOfOperator } from './reset-link.ts';

// A process of its own for each link, beside other work.
vi.setConfig({ testTimeout: 60_000 });

const next = 'a sentence that nobody forgets again';
let world: World;
let context: ReturnType<typeof commandContext>;
let admin: typeof users.$inferSelect;
beforeAll(async () => {
  world = await createWorld();
  await makeTeam(world);
});
beforeEach(async () => {
  context = commandContext(world);
  admin = await makeUser(world, { globalRole: 'admin' });
});
afterAll(() => world.close());

const settings = () => ({
  ...{ DATABASE_URL: world.appUrl, DATA_DIR: join(tmpdir(), 'pitwall-no-data') },
  APP_URL: 'https://pitwall.example.test',
});

/** The command as an operator types it. */
function run(...words: string[]) {
  const file = join(import.meta.dirname, '../../scripts/reset-link.mjs');
  const env = { PATH: process.env.PATH, NODE_ENV: 'test' as const, ...settings() };
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...words], { env, encoding: 'utf8' });
  const link = /^https:\/\/pitwall\.example\.test\/reset-password\?token=([\w-]{43})$/m.exec(stdout);
  return { status, said: stdout + stderr, token: link?.[1] ?? '' };
}
/** What the command does, without a process of its own. */
async function linkFor(email: string, withoutSecondFactor = false): Promise<string> {
  const config = makeConfig({ ...settings(), SECRET_KEY: randomBytes(32).toString('base64url') });
  const { link } = await resetLinkOfOperator(config, world.appUrl, { email, withoutSecondFactor });
  return new URL(link).searchParams.get('token') ?? '';
}
const complete = async (token: string) => {
  const actor = await systemActor(world.db, 'password reset', ['password:reset']);
  return execute(context, actor, completePasswordReset, { token, password: next });
};

test('security A12: an operator of the host makes a link for an admin whom nobody else can help; it works once and is in the ledger', async () => {
  const made = run(admin.email.toUpperCase());
  expect([made.status, made.token.length]).toEqual([0, 43]);
  expect(JSON.stringify(await world.db.select().from(passwordResets))).not.toContain(made.token);
  const [row] = await listAuditRows(world.db, INSTALLATION_LEDGER, 1);
  expect(row).toMatchObject({
    ...{ action: 'password.issue-reset-link', outcome: 'ok', targetId: admin.id },
    ...{ actorKind: 'system', actorName: 'operator of the host' },
  });
  expect(JSON.stringify(row)).not.toContain(made.token);
  await complete(made.token);
  await expect(complete(made.token)).rejects.toMatchObject({ code: 'not_found' });
  const attempt = { email: admin.email, password: next, origin: testOrigin, replaces: null };
  expect((await signInWithPassword(context, attempt)).kind).toBe('session');
});

test('security U4: what proves somebody beside the password stays on, unless the operator says that it is lost; then the ledger names it', async () => {
  const enrolled = { totpSecret: 'sealed', totpConfirmedAt: new Date() };
  await world.db.update(users).set(enrolled).where(eq(users.id, admin.id));
  await world.db.insert(passkeys).values({
    ...{ userId: admin.id, name: 'Lost phone', counter: 0 },
    ...{ credentialId: randomBytes(16), publicKey: randomBytes(16) },
  });
  const left = async () => {
    const [user] = await world.db.select().from(users).where(eq(users.id, admin.id));
    const keys = await world.db.select().from(passkeys).where(eq(passkeys.userId, admin.id));
    return [user?.totpConfirmedAt !== null, keys.length];
  };
  await linkFor(admin.email);
  expect(await left()).toEqual([true, 1]);
  expect(run(admin.email, '--without-second-factor').token).toHaveLength(43);
  expect(await left()).toEqual([false, 0]);
  const [row] = await listAuditRows(world.db, INSTALLATION_LEDGER, 1);
  expect(row).toMatchObject({
    details: { before: { authenticator: true, keys: ['Lost phone'] }, after: { authenticator: false } },
  });
});

test('a second link ends the first; an address that nobody has, a disabled account and no address are refused in words', async () => {
  const [first, second] = [await linkFor(admin.email), await linkFor(admin.email)];
  await expect(complete(first)).rejects.toMatchObject({ code: 'not_found' });
  await complete(second);
  expect(run('nobody@example.test')).toMatchObject({
    ...{ status: 2, token: '', said: 'Nobody here has this address.\n' },
  });
  await world.db.update(users).set({ status: 'disabled' }).where(eq(users.id, admin.id));
  await expect(linkFor(admin.email)).rejects.toThrow('is disabled');
  for (const words of [[], ['one@example.test', 'two@example.test'], ['--all']])
    expect(run(...words)).toMatchObject({ status: 2, token: '' });
  expect(run().said).toContain('npm run reset-link -- EMAIL');
});
