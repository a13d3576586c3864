import { afterAll, beforeAll, expect, test } from 'vitest';
import { ruleUnderTest } from '#lib/testing/rule-world.ts';
import { createWorld, type World } from '#lib/testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 23, 12);
const team = { type: 'threshold', groupBy: 'team', levels: { critical: 10 } } as const;

test('alerting S3: with no hold time the first breach opens an alert, and the first clear evaluation resolves it', async () => {
  const under = await ruleUnderTest(world, team);
  expect(await under.evaluateAt(T0, 11)).toBe(1);
  expect(await under.instances()).toMatchObject([{ state: 'firing', severity: 'critical', value: 11 }]);
  expect(await under.alerts()).toMatchObject([{ status: 'active', severity: 'critical', source: 'rule' }]);
  await under.evaluateAt(T0 + MINUTE, 9);
  expect(await under.instances()).toEqual([]);
  expect(await under.alerts()).toMatchObject([{ status: 'resolved', resolveReason: 'back to normal' }]);
  const [alert] = await under.alerts();
  expect(await under.transitions()).toMatchObject([
    { fromState: 'normal', toState: 'firing', alertId: alert?.id },
    { fromState: 'firing', toState: 'normal', alertId: alert?.id },
  ]);
});
