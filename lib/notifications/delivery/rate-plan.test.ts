import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOTIFICATION_PRIORITY } from '#lib/model/notification.ts';
import { personalLimits, planRate, type WaitingMessage } from './rate-plan.ts';

const MINUTE_MS = 60_000;
const NOW = 1_000 * MINUTE_MS;
const limits = personalLimits('push');
const message = (id: string, priority: number = NOTIFICATION_PRIORITY.page): WaitingMessage => ({
  id,
  priority,
  queuedAt: NOW,
});
const minutesAgo = (minutes: number, priority: number = NOTIFICATION_PRIORITY.page) => ({
  at: NOW - minutes * MINUTE_MS,
  priority,
});

test('alerting S86: a destination at rest takes the first message at once, and what comes with it in one bundle', () => {
  const waiting = [message('b'), message('first', NOTIFICATION_PRIORITY.firstPage), message('a')];
  expect(planRate(waiting, [], limits, NOW)).toEqual({
    send: [{ lead: 'first', bundled: ['a', 'b'] }],
    held: [],
    resumeAt: null,
  });
});

test('alerting S86: more than the limit waits until there is room, and is not lost', () => {
  const plan = planRate([message('a'), message('b')], [minutesAgo(0.25)], limits, NOW);
  expect(plan).toEqual({ send: [], held: ['a', 'b'], resumeAt: NOW + 0.75 * MINUTE_MS });
});

test('alerting S86: messages that were no first pages never hold back the first page of an alert', () => {
  const first = message('first', NOTIFICATION_PRIORITY.firstPage);
  expect(planRate([first], [minutesAgo(0.5)], limits, NOW).send).toEqual([{ lead: 'first', bundled: [] }]);
  const afterAnother = planRate([first], [minutesAgo(0.5, NOTIFICATION_PRIORITY.firstPage)], limits, NOW);
  expect(afterAnother.held).toEqual(['first']);
});

test('alerting S86: every period of a telephone counts', () => {
  const five = [14, 12, 9, 6, 2].map((minutes) => minutesAgo(minutes));
  const plan = planRate([message('a')], five, personalLimits('webhook'), NOW);
  expect(plan.resumeAt).toBe(NOW + MINUTE_MS);
});

test('alerting S86: any stream of messages arrives whole, in order of urgency, within the limits', () => {
  const arrivals = fc.array(
    fc.record({ at: fc.nat(40 * MINUTE_MS), priority: fc.constantFrom(10, 20, 80) }),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(arrivals, (stream) => {
      const pending = stream
        .map(({ at, priority }, i) => ({ id: `m${i}`, priority, queuedAt: NOW + at }))
        .toSorted((a, b) => a.queuedAt - b.queuedAt);
      const sent: { at: number; priority: number }[] = [];
      const arrived: string[] = [];
      let waiting: WaitingMessage[] = [];
      for (let now = NOW; now <= NOW + 60 * MINUTE_MS; now += 5_000) {
        while ((pending[0]?.queuedAt ?? Number.POSITIVE_INFINITY) <= now)
          waiting.push(pending.shift() as never);
        const plan = planRate(waiting, sent, personalLimits('webhook'), now);
        for (const { lead, bundled } of plan.send) {
          sent.push({ at: now, priority: 10 });
          arrived.push(lead, ...bundled);
        }
        waiting = waiting.filter(({ id }) => plan.held.includes(id));
      }
      expect(new Set(arrived).size).toBe(stream.length);
      expect(arrived).toHaveLength(stream.length);
      for (const { count, periodMs } of personalLimits('webhook')) {
        for (const { at } of sent) {
          expect(
            sent.filter((other) => other.at > at - periodMs && other.at <= at).length,
          ).toBeLessThanOrEqual(count);
        }
      }
    }),
    { numRuns: 50 },
  );
});
