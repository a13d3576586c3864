import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { provision } from './provision.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const apiKey = 'provisioned-key-of-more-than-32-characters';
const admin = { email: 'Root@Example.test', password: 'a long enough password' };

const masterKey = 'a master key of the tests, 32 letters';

function start(wishes: { admin?: typeof admin; apiKey?: string } = {}, key = masterKey) {
  return provision({
    database: { url: world.appUrl, ownerUrl: world.ownerUrl, hasOwnOwner: true, pool: 2 },
    provisioning: { admin: wishes.admin ?? null, apiKey: wishes.apiKey ?? null },
    sessions: { idleMs: 1, maxMs: 1 },
    secrets: { key, formerKeys: [] },
    agents: { healthIntervalMs: 1, healthTimeoutMs: 1, perUser: 1, perTeam: 1 },
  });
}

test('an unattended start makes admin and key once, each with its audit row; later starts change nothing', async () => {
  const first = await start({ admin, apiKey });
  expect(first).toEqual({
    done: [`Made the admin ${admin.email}`, 'Made the API key of INIT_API_KEY'],
    setupToken: null,
  });
  const again = await start({ admin: { ...admin, email: 'other@example.test' }, apiKey: `${apiKey}-2` });
  expect(again).toEqual({ done: [], setupToken: null });
  expect(await world.sql`select email, global_role from users`).toEqual([
    { email: 'root@example.test', global_role: 'admin' },
  ]);
  expect(
    await world.sql`select t.slug, k.scopes from api_keys k join teams t on t.id = k.team_id where key_hash = ${sha256(apiKey)}`,
  ).toEqual([{ slug: 'default', scopes: ['ingest', 'read', 'write'] }]);
  const actions = await world.sql`select action, actor_name from audit_log order by at`;
  expect(actions.map((row) => row.action).sort()).toEqual([
    'api-key.provision',
    'setup.provision-admin',
    'setup.provision-team',
  ]);
});

test('security A13: without an admin each start issues one token of 256 bits, stored hashed, valid for a day', async () => {
  const first = await start();
  const { setupToken } = await start();
  expect(setupToken).toMatch(/^[\w-]{43}$/);
  expect(setupToken).not.toBe(first.setupToken);
  const rows =
    await world.sql`select token_hash, extract(epoch from expires_at - created_at)::int as seconds from setup_tokens`;
  expect(rows.map((row) => [row.token_hash, row.seconds])).toEqual([[sha256(setupToken ?? ''), 86_400]]);
});

test('a password that every list of leaked ones holds stops the start and makes nothing', async () => {
  await expect(start({ admin: { ...admin, password: 'password1' } })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'password' }],
  });
  expect(await world.sql`select id from users`).toEqual([]);
});

test('security U11: a start with another master key than that of the stored secrets is refused', async () => {
  await makeUser(world, { totpSecret: createSecretBox(masterKey).seal('totp') });
  await start();
  await expect(start({}, 'another master key, 32 letters or more')).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('SECRET_KEY'),
  });
});
