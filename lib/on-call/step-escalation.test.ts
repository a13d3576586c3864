import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EscalationStep } from '#lib/model/on-call.ts';
import { type EscalationPosition, stepEscalation } from './step-escalation.ts';

const MINUTE_MS = 60_000;
const START: EscalationPosition = { generation: 1, step: 0, loop: 0, reached: false };
const MONDAY_NOON = Date.UTC(2026, 0, 5, 12);
const step = (id: string, delayMinutes = 5, values: Partial<EscalationStep> = {}): EscalationStep => ({
  targets: [{ kind: 'user', id }],
  delayMinutes,
  hours: null,
  ...values,
});
const reach =
  (...present: string[]) =>
  ({ targets }: EscalationStep) => ({
    userIds: targets.map(({ id }) => id).filter((id) => present.includes(id)),
    channelIds: [],
  });

test('alerting S79: each step follows the delay of the one before, the last one begins the policy again', () => {
  const plan = { steps: [step('a', 5), step('b', 10)], repeat: 1 };
  const walk: unknown[] = [];
  let now = MONDAY_NOON;
  let at: EscalationPosition = START;
  for (;;) {
    const { entered, next } = stepEscalation(at, plan, reach('a', 'b'), now);
    walk.push([entered[0]?.userIds[0], (now - MONDAY_NOON) / MINUTE_MS]);
    if (next.nextAt === null) break;
    [now, at] = [next.nextAt, next];
  }
  expect(walk).toEqual([
    ['a', 0],
    ['b', 5],
    ['a', 15],
    ['b', 20],
  ]);
});

test('alerting S80: a step with nobody on call is followed by the next at once', () => {
  const plan = { steps: [step('a'), step('b'), step('c')], repeat: 0 };
  const { entered, next, fallback } = stepEscalation(START, plan, reach('c'), MONDAY_NOON);
  expect(entered.map(({ cause, userIds }) => [cause, userIds])).toEqual([
    ['1.0.0', []],
    ['1.0.1', []],
    ['1.0.2', ['c']],
  ]);
  expect([next.state, fallback]).toEqual(['exhausted', null]);
});

test('alerting S80: a policy that reaches nobody at all calls the last resort and does not spin', () => {
  const plan = { steps: [step('a', 3), step('b', 4)], repeat: -1 };
  const { entered, next, fallback } = stepEscalation(START, plan, reach(), MONDAY_NOON);
  expect(entered).toHaveLength(2);
  expect(fallback).toBe('1.0.1.fallback');
  expect(next).toMatchObject({ state: 'running', step: 0, loop: 1, nextAt: MONDAY_NOON + 4 * MINUTE_MS });
});

test('alerting S81: a step outside its hours waits for their beginning', () => {
  const hours = {
    timeZone: 'Europe/Berlin',
    windows: [{ weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
  };
  const plan = { steps: [step('a', 5, { hours })], repeat: 0 };
  const friday = Date.UTC(2026, 2, 27, 20);
  const { entered, next } = stepEscalation(START, plan, reach('a'), friday);
  expect(entered).toEqual([]);
  expect(next).toMatchObject({
    state: 'running',
    step: 0,
    waitsFor: 'hours',
    nextAt: Date.UTC(2026, 2, 30, 7),
  });
  expect(stepEscalation(next, plan, reach('a'), next.nextAt ?? 0).entered).toHaveLength(1);
});

test('alerting S82: a step that was deleted wraps to the first, even in a policy that never repeats', () => {
  const plan = { steps: [step('a')], repeat: 0 };
  const { entered } = stepEscalation({ ...START, step: 3 }, plan, reach('a'), MONDAY_NOON);
  expect(entered.map(({ userIds }) => userIds)).toEqual([['a']]);
  const none = stepEscalation(START, { steps: [], repeat: -1 }, reach('a'), MONDAY_NOON);
  expect([none.next.state, none.fallback]).toEqual(['exhausted', '1.0.fallback']);
});

test('alerting S82: whatever happens to the policy between steps, it ends or goes on, and never stalls', () => {
  const people = ['a', 'b', 'c', 'd'];
  const steps = fc.array(fc.constantFrom(...people), { maxLength: 5 });
  const edits = fc.array(
    fc.record({ steps, repeat: fc.integer({ min: -1, max: 2 }), present: fc.subarray(people) }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(edits, (versions) => {
      let at: EscalationPosition = START;
      let now = MONDAY_NOON;
      const causes = new Set<string>();
      for (const version of versions) {
        const plan = { steps: version.steps.map((id) => step(id)), repeat: version.repeat };
        const { entered, next, fallback } = stepEscalation(at, plan, reach(...version.present), now);
        expect(entered.length).toBeGreaterThan(version.steps.length > 0 ? 0 : -1);
        const reached = entered.some(({ userIds }) => userIds.length > 0);
        if (!reached && next.state === 'exhausted') expect(at.reached || fallback !== null).toBe(true);
        if (next.state === 'exhausted') return;
        expect(next.nextAt).toBeGreaterThan(now);
        for (const { cause } of entered) causes.add(cause);
        [at, now] = [next, next.nextAt ?? 0];
      }
    }),
  );
});
