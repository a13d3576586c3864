import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { installationSettings } from '#db/schema/sign-in.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeAgent, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { requireMasterKey, resealSecrets } from './master-key.ts';

const [former, current] = ['a'.repeat(32), 'b'.repeat(32)];
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const old = createSecretBox(former);
const rotated = createSecretBox(current, [former]);

/** A secret in each of three places, sealed with the former key. */
beforeEach(async () => {
  // Not truncated: timelines of deployments hang on agents, and history refuses that.
  await world.ownerSql`delete from agents`;
  await world.ownerSql`delete from users`;
  await world.ownerSql`delete from installation_settings`;
  const { id: teamId } = await makeTeam(world);
  await makeAgent(world, teamId, { controlSecret: old.seal('control') });
  await makeUser(world, { totpSecret: old.seal('totp') });
  const value = { server: { host: 'mail', account: { user: 'x', sealedPassword: old.seal('mail') } } };
  await world.db.insert(installationSettings).values({ section: 'mail-server', value });
});

async function sealedTexts(): Promise<string[]> {
  const rows = await world.sql<{ text: string }[]>`
    select control_secret as text from agents union all select totp_secret from users
    union all select value #>> '{server,account,sealedPassword}' from installation_settings`;
  return rows.map(({ text }) => text).filter((text) => text !== null);
}

test('security U11: a wrong master key is refused, a former one that is named is not', async () => {
  await requireMasterKey(world.db, old);
  await requireMasterKey(world.db, rotated);
  await expect(requireMasterKey(world.db, createSecretBox(current))).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('SECRET_KEY_FORMER'),
  });
});

test('security U11: everything is sealed anew while the former key still opens, and then the new one is enough', async () => {
  expect(await resealSecrets(world.db, rotated)).toEqual({ done: 3, more: false });
  const alone = createSecretBox(current);
  await requireMasterKey(world.db, alone);
  expect((await sealedTexts()).map((text) => alone.open(text)).sort()).toEqual(['control', 'mail', 'totp']);
  expect(await resealSecrets(world.db, rotated)).toEqual({ done: 0, more: false });
});
