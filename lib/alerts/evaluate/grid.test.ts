import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RuleInstance } from '../rules/instance.ts';
import { missedBetween, phaseOf, slotAt } from './grid.ts';
import { restoreInstances } from './restore.ts';

const rules = fc.record({ id: fc.uuid(), intervalSeconds: fc.integer({ min: 1, max: 86_400 }) });
const moments = fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 });
const gridOf = ({ id, intervalSeconds }: { id: string; intervalSeconds: number }) => ({
  intervalSeconds,
  phaseMs: phaseOf(id, intervalSeconds),
});

test('alerting S22: slots depend on the rule and the clock alone, an interval apart, none in the future', () => {
  fc.assert(
    fc.property(rules, moments, (rule, now) => {
      const slot = slotAt(gridOf(rule), now);
      expect(slot).toBe(slotAt(gridOf({ ...rule }), slot));
      expect(now - slot).toBeGreaterThanOrEqual(0);
      expect(now - slot).toBeLessThan(rule.intervalSeconds * 1000);
      expect(slotAt(gridOf(rule), slot + rule.intervalSeconds * 1000)).toBe(
        slot + rule.intervalSeconds * 1000,
      );
    }),
  );
});

test('alerting S22: rules of one interval are spread over it', () => {
  const phases = fc.sample(fc.uuid(), 600).map((id) => Math.floor(phaseOf(id, 60) / 10_000));
  for (let sixth = 0; sixth < 6; sixth++) {
    expect(phases.filter((phase) => phase === sixth).length).toBeGreaterThan(50);
  }
});

test('alerting S23: slots between two evaluations are counted', () => {
  const grid = { intervalSeconds: 60, phaseMs: 7 };
  expect(missedBetween(grid, null, 600_007)).toBe(0);
  expect(missedBetween(grid, 540_007, 600_007)).toBe(0);
  expect(missedBetween(grid, 7, 600_007)).toBe(9);
});

const MINUTE = 60_000;
const instance = (values: Partial<RuleInstance>): RuleInstance => ({
  ...{ fingerprint: 'f', kind: 'data', state: 'pending', severity: 'critical', labels: {}, agentId: null },
  ...{
    value: 1,
    activeAtMs: 0,
    firedAtMs: null,
    clearSinceMs: null,
    lastEvaluatedAtMs: 5 * MINUTE,
    threshold: null,
    missed: 0,
  },
  ...values,
});
const restore = (given: RuleInstance, slotMs: number, upSinceMs: number) =>
  restoreInstances([given], { lastSlotMs: 5 * MINUTE, slotMs, intervalMs: MINUTE, upSinceMs })[0];

test('alerting S25: time in which nobody evaluated does not count as pending', () => {
  // Pending for 5 minutes, down for 10, evaluated a minute later: 6 minutes of pending.
  expect(restore(instance({}), 16 * MINUTE, 15 * MINUTE)?.activeAtMs).toBe(10 * MINUTE);
});

test('alerting S25: after more than an hour pending starts anew', () => {
  expect(restore(instance({}), 90 * MINUTE, 90 * MINUTE)?.activeAtMs).toBe(90 * MINUTE);
});

test('alerting S23: a stall of a process that went on counts', () => {
  expect(restore(instance({}), 16 * MINUTE, 0)?.activeAtMs).toBe(0);
});

test('alerting S26: what fires comes back as it was', () => {
  const firing = instance({ state: 'firing', firedAtMs: 3 * MINUTE });
  expect(restore(firing, 90 * MINUTE, 89 * MINUTE)).toEqual(firing);
});

test('alerting S29: when the clock went back an hour, pending and clear times go with it', () => {
  const later = instance({
    activeAtMs: 62 * MINUTE,
    clearSinceMs: 64 * MINUTE,
    lastEvaluatedAtMs: 65 * MINUTE,
  });
  const stretch = { lastSlotMs: 65 * MINUTE, slotMs: 6 * MINUTE, intervalMs: MINUTE, upSinceMs: 0 };
  const [after] = restoreInstances([later], stretch);
  expect(after).toMatchObject({
    activeAtMs: 2 * MINUTE,
    clearSinceMs: 4 * MINUTE,
    lastEvaluatedAtMs: 5 * MINUTE,
  });
});
