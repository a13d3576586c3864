import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { apiKeys } from '#db/schema/api-keys.ts';
import { mails } from '#db/schema/mails.ts';
import { users } from '#db/schema/members.ts';
import { scimTokens } from '#db/schema/sign-in.ts';
import { manualClock } from '#lib/kernel/clock.ts';
import { hashScimToken, makeScimToken } from '#lib/members/provisioning/token.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { makeRole } from '#lib/testing/access-world.ts';
import { commandContext } from '#lib/testing/command-context.ts';
import { makeApiKey, makeMember, makeTeam, makeUser } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { type TellTools, tellOfEnds } from './tell-of-ends.ts';

const DAY_MS = 86_400_000;
let world: World;
let clock: ReturnType<typeof manualClock>;
let tools: TellTools;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  clock = manualClock(Date.now());
  const { sealer, appUrl } = commandContext(world).deps;
  tools = { db: world.db, clock, sealer, appUrl, sendsMail: async () => true };
  await world.db.delete(mails);
  await world.db.delete(apiKeys);
  await world.db.delete(scimTokens);
  await world.db.update(users).set({ globalRole: null });
});
afterAll(() => world.close());

/** A life of `days` from now on. */
const life = (days: number) => ({
  createdAt: new Date(clock.now()),
  expiresAt: new Date(clock.now() + days * DAY_MS),
});
async function makeToken(days: number): Promise<string> {
  const id = uuidv7();
  const [issuer, token] = ['https://sso.example.test', makeScimToken()];
  await world.db.insert(scimTokens).values({
    id,
    name: 'Directory',
    issuer,
    tokenHash: hashScimToken(token),
    lastFour: 'abcd',
    ...life(days),
  });
  return id;
}
const passDays = (days: number) => clock.advance(days * DAY_MS);

/** Whom mails wait for since the last look, with their subjects. */
async function told(): Promise<string[]> {
  const rows = await world.db.delete(mails).returning();
  return rows
    .map(({ recipient, sealedMessage }) => {
      const { subject } = JSON.parse(tools.sealer.open(sealedMessage ?? ''));
      return `${recipient}: ${subject}`;
    })
    .toSorted();
}

test('security P3: whoever may administer provisioning is told of a token 14 and 3 days before its end, once each', async () => {
  const admin = await makeUser(world, { globalRole: 'admin' });
  const keeper = await makeUser(world, { globalRole: await makeRole(world, null, ['provisioning:manage']) });
  await makeUser(world, { globalRole: 'viewer' });
  await makeUser(world, { globalRole: 'admin', status: 'disabled' });
  await makeMember(world, (await makeTeam(world)).id, 'admin');
  const both = (left: string) =>
    [admin, keeper]
      .map(({ email }) => `${email}: A Pitwall provisioning token ends soon: ${left}`)
      .toSorted();
  await makeToken(365);

  passDays(350);
  await tellOfEnds(tools);
  expect(await told()).toEqual([]);
  passDays(1);
  await Promise.all([tellOfEnds(tools), tellOfEnds(tools)]);
  await tellOfEnds(tools);
  expect(await told()).toEqual(both('14 days left'));
  passDays(11);
  await tellOfEnds(tools);
  await tellOfEnds(tools);
  expect(await told()).toEqual(both('3 days left'));
  passDays(4);
  await tellOfEnds(tools);
  expect(await told()).toEqual([]);
});

test('security P3: of an API key those are told who may rotate it in its team, by name and team, and nobody else', async () => {
  const team = await makeTeam(world);
  const developer = await makeMember(world, team.id, 'developer');
  await makeMember(world, team.id, 'viewer');
  await makeMember(world, (await makeTeam(world)).id, 'admin');
  const { id, key } = await makeApiKey(world, team.id);
  await world.db.update(apiKeys).set(life(90)).where(eq(apiKeys.id, id));
  passDays(80);
  await tellOfEnds(tools);
  const [mail] = await world.db.select().from(mails);
  const { text } = JSON.parse(tools.sealer.open(mail?.sealedMessage ?? ''));
  expect(text).toContain(team.name);
  expect(text).toContain('https://pitwall.example.test/settings/api-keys');
  expect(text).not.toContain(key);
  expect(await told()).toEqual([`${developer.email}: A Pitwall API key ends soon: 10 days left`]);
});

test('nobody is told of what was revoked, replaced or made to end within days, nor told late of two stages', async () => {
  const team = await makeTeam(world);
  const { email } = await makeMember(world, team.id, 'developer');
  const make = async (days: number, values: Partial<typeof apiKeys.$inferInsert> = {}) => {
    const { id } = await makeApiKey(world, team.id);
    await world.db
      .update(apiKeys)
      .set({ ...life(days), ...values })
      .where(eq(apiKeys.id, id));
    return id;
  };
  await make(30, { revokedAt: new Date(clock.now()) });
  await make(400, { rotatedFrom: await make(30) });
  await make(30);
  passDays(28);
  await make(2);
  await tellOfEnds({ ...tools, sendsMail: async () => false });
  expect(await told()).toEqual([]);
  await tellOfEnds(tools);
  await tellOfEnds(tools);
  expect(await told()).toEqual([`${email}: A Pitwall API key ends soon: 2 days left`]);
});
