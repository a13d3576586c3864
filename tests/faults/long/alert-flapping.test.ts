import { afterAll, beforeAll, expect, test } from 'vitest';
import { flushGroups } from '#lib/notifications/flush-groups.ts';
import { enterEscalationSteps } from '#lib/pipeline/escalate/enter-escalation-steps.ts';
import { handOverPages } from '#lib/pipeline/escalate/hand-over-pages.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { runAlertTimers } from '#lib/pipeline/raise/run-alert-timers.ts';
import { refreshMutes } from '#lib/pipeline/route/refresh-mutes.ts';
import { makeFinding } from '#lib/testing/alert-factory.ts';
import { startGroupReceiver, travelTo } from '#lib/testing/alert-world.ts';
import { commandContext } from '#lib/testing/command-context.ts';
import { makeDeliverer, testSecret } from '#lib/testing/delivery.ts';
import { makeTeam } from '#lib/testing/factories.ts';
import { startReceiver } from '#lib/testing/receiver.ts';
import { createWorld, type World } from '#lib/testing/world.ts';
import { AlertingSetUp } from '#tests/history/set-up.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const SECONDS = 3600;
const PERIOD = 5;

let world: World;
let teamId: string;
let setUp: AlertingSetUp;
beforeAll(async () => {
  world = await createWorld();
  teamId = (await makeTeam(world)).id;
  setUp = await AlertingSetUp.open(world.ownerUrl, testSecret);
});
afterAll(async () => {
  await setUp.close();
  await world.close();
});

test('reliability F35: an alert that flaps every 5 s for an hour is told a bounded number of times, marked, and ends right', async () => {
  const phone = await startReceiver();
  const channel = await startGroupReceiver(world);
  const deliverer = makeDeliverer(world);
  const userId = await setUp.person(phone.url);
  const channelIds = [await setUp.channel(channel.receiver.url)];
  const escalationPolicyId = await setUp.policy({ kind: 'user', id: userId });
  await setUp.route({ groupBy: ['alertname'], channelIds, escalationPolicyId });
  const { bus } = commandContext(world);
  const told: string[] = [];
  let flapped = false;
  for (let second = 0; second <= SECONDS; second += PERIOD) {
    const at = new Date(T0 + second * 1000);
    await travelTo(world, at);
    // The last state is that it fires.
    const isFiring = (second / PERIOD) % 2 === 0;
    const began = isFiring ? at : new Date(at.getTime() - PERIOD * 1000);
    const finding = makeFinding({ firing: isFiring, startsAt: began, endsAt: isFiring ? null : at });
    await world.db.transaction((tx) => applyFindings(tx, teamId, [finding], at));
    await runAlertTimers(world.db, bus);
    await refreshMutes(world.db, bus);
    await flushGroups(world.db);
    told.push(...(await channel.deliver(teamId)).map(({ reason }) => reason));
    await enterEscalationSteps(world.db);
    await handOverPages(world.db);
    await deliverer.run();
    const [open] = await world.sql`select flapping from alerts where status = 'active'`;
    flapped ||= open?.flapping === true;
  }
  const [last] =
    await world.sql`select status, flapping from alerts order by created_at desc, id desc limit 1`;
  expect(last).toEqual({ status: 'active', flapping: true });
  expect(flapped).toBe(true);
  // One look a group interval, and one after the first wait.
  expect(told.length).toBeLessThanOrEqual(SECONDS / 300 + 2);
  // The limits of a telephone: 11 in an hour, and the one that must always go.
  expect(phone.received.length).toBeLessThanOrEqual(12);
  expect(phone.received.length).toBeGreaterThanOrEqual(1);
  await channel.close();
  await deliverer.close();
  await phone.close();
});
