import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { execute } from '#lib/command/define-command.ts';
import { makeNotifiers } from '#lib/compose/notifiers.ts';
import { sealSettings } from '#lib/notifications/resolve-target.ts';
import { enterEscalationSteps } from '#lib/pipeline/escalate/enter-escalation-steps.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { resolveAlert } from '#lib/pipeline/respond/resolve-alert.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { commandContext, userActor } from '#lib/testing/command-context.ts';
import { makeDeliverer, testSecret } from '#lib/testing/delivery.ts';
import { makeMember, makeTeam } from '#lib/testing/factories.ts';
import { makeAlert, makeChannel } from '#lib/testing/notifications.ts';
import { LOOPBACK } from '#lib/testing/outbound-policy.ts';
import { type Receiver, startReceiver } from '#lib/testing/receiver.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { mendDeliveries } from './mend-deliveries.ts';

const sealer = createSecretBox(testSecret);
let world: World;
let pagerDuty: Receiver;
let teamId: string;
let deliverer: ReturnType<typeof makeDeliverer>;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  pagerDuty = await startReceiver();
  pagerDuty.answer({ status: 202 });
  teamId = (await makeTeam(world)).id;
  deliverer = makeDeliverer(world, { onFailed: mendDeliveries });
});
afterEach(async () => {
  await deliverer.close();
  await pagerDuty.close();
});
afterAll(() => world.close());

/** Alerts whose policy tells one channel, at its first step. */
async function escalate(count: number, sendResolved = true): Promise<string[]> {
  const settings = { routingKey: 'a'.repeat(32), endpoint: pagerDuty.url };
  const sealedSettings = sealSettings(sealer, settings);
  const channel = await makeChannel(world, teamId, { kind: 'pagerduty', sealedSettings, sendResolved });
  const steps = [{ targets: [{ kind: 'channel', id: channel.id }], delayMinutes: 5, hours: null }];
  const [policy] = await world.sql`
    insert into escalation_policies (id, team_id, name, steps)
    values (gen_random_uuid(), ${teamId}, ${`policy of ${channel.id}`}, ${JSON.stringify(steps)}::text::jsonb) returning id`;
  const alerts = await Promise.all(Array.from({ length: count }, () => makeAlert(world, teamId)));
  for (const { id } of alerts)
    await world.sql`
      insert into escalations (alert_id, team_id, policy_id, next_at) values (${id}, ${teamId}, ${policy?.id}, now())`;
  await enterEscalationSteps(world.db);
  return alerts.map(({ id }) => id);
}

async function resolve(id: string | undefined): Promise<void> {
  const { id: userId } = await makeMember(world, teamId, 'developer');
  const actor = userActor(teamId, 'developer', { userId });
  await execute(commandContext(world), actor, resolveAlert, { id: id ?? '' });
}

/** What PagerDuty heard, in order, with its incidents by their number. */
function incidents(): [action: string, incident: number][] {
  const keys: string[] = [];
  return pagerDuty.received.map(({ body }) => {
    const { event_action, dedup_key } = JSON.parse(body);
    if (!keys.includes(dedup_key)) keys.push(dedup_key);
    return [event_action, keys.indexOf(dedup_key)];
  });
}

test('alerting S41: an incident that a policy opened at PagerDuty ends there by its key, whoever resolves the alert', async () => {
  const [byHand, bySource] = await escalate(2);
  await deliverer.run();
  await resolve(byHand);
  const [row] = await world.sql`select * from alerts where id = ${bySource ?? ''}`;
  const over = makeFinding({ source: row?.source, sourceId: row?.source_id, firing: false });
  await world.db.transaction((tx) =>
    applyFindings(tx, teamId, [{ ...over, fingerprint: row?.fingerprint }], new Date()),
  );
  await deliverer.run();
  await deliverer.run();
  expect(incidents().toSorted()).toEqual([
    ['resolve', 0],
    ['resolve', 1],
    ['trigger', 0],
    ['trigger', 1],
  ]);
});

test('alerting S41: an incident about many alerts ends with the last of them', async () => {
  const ids = await escalate(5);
  await deliverer.run();
  expect(incidents()).toEqual([['trigger', 0]]);
  for (const id of ids.slice(1)) await resolve(id);
  await deliverer.run();
  expect(incidents()).toEqual([['trigger', 0]]);
  await resolve(ids[0]);
  await deliverer.run();
  expect(incidents()).toEqual([
    ['trigger', 0],
    ['resolve', 0],
  ]);
});

test('alerting S41: an alert that ends while PagerDuty is being told of it ends there after that', async () => {
  const [id] = await escalate(1);
  const real = makeNotifiers({ app: { outbound: LOOPBACK }, mailServer: () => null, push: null });
  let isFirst = true;
  const slow = makeDeliverer(world, {
    notifiers: {
      ...real,
      pagerduty: {
        async send(target, delivery, signal) {
          if (isFirst) await resolve(id);
          isFirst = false;
          return real.pagerduty.send(target, delivery, signal);
        },
      },
    },
  });
  await slow.run();
  expect(incidents()).toEqual([
    ['trigger', 0],
    ['resolve', 0],
  ]);
  await slow.close();
  await real.close();
});

test('alerting S44: a channel that wants no word of ends gets none from a policy, and one that heard nothing neither', async () => {
  const [silent] = await escalate(1, false);
  await deliverer.run();
  await resolve(silent);
  const [unheard] = await escalate(1);
  await resolve(unheard);
  await deliverer.run();
  expect(incidents()).toEqual([['trigger', 0]]);
});
