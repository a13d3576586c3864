import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAgent } from '#lib/agents/create-agent.ts';
import { createIntegration } from '#lib/alerts/integrations/manage.ts';
import { createApiKey } from '#lib/api-keys/create-api-key.ts';
import { execute } from '#lib/command/define-command.ts';
import { signInWithPassword } from '#lib/members/sign-in-with-password.ts';
import { createChannel } from '#lib/notifications/channels/create-channel.ts';
import { createContactMethod } from '#lib/notifications/contacts/contact-verbs.ts';
import { commandContext, testOrigin, userActor } from '#lib/testing/command-context.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { createWorld, type World } from '#lib/testing/world.ts';

const CANARY = 'canary-7f3a';
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('security U4: no row of the ledger holds a password, a key, a token or the address of a webhook', async () => {
  const { id: teamId } = await makeTeam(world);
  const { id: userId, email } = await makeMember(world, teamId, 'admin');
  const context = commandContext(world);
  const actor = userActor(teamId, 'admin', { userId, email });
  const url = `https://hooks.example.test/services/${CANARY}`;
  const key = await execute(context, actor, createApiKey, { name: 'ci', scopes: ['read'] });
  const integration = await execute(context, actor, createIntegration, { name: 'prometheus' });
  await execute(context, actor, createChannel, { name: 'slack', kind: 'slack', settings: { url } });
  await execute(context, actor, createChannel, { name: 'hook', kind: 'webhook', settings: { url } });
  await execute(context, actor, createContactMethod, { kind: 'webhook', name: 'sms', address: url });
  const agent = await execute(context, actor, createAgent, {
    name: 'controlled',
    controlUrl: 'http://127.0.0.1:9/control',
  });
  await signInWithPassword(context, {
    ...{ email, password: CANARY, origin: testOrigin, replaces: null },
  }).catch(() => undefined);
  const secrets = [key, integration, agent]
    .flatMap((answer) => Object.values(answer))
    .filter(
      (value): value is string =>
        typeof value === 'string' && !/^[0-9a-f-]{36}$/.test(value) && value.length > 20,
    );
  expect(secrets.length).toBeGreaterThanOrEqual(3);
  const rows = await world.sql`select to_jsonb(a)::text as row from audit_log a where team_id = ${teamId}`;
  expect(rows.length).toBeGreaterThanOrEqual(7);
  const text = rows.map(({ row }) => row).join('\n');
  for (const secret of [CANARY, ...secrets]) expect(text).not.toContain(secret);
});
