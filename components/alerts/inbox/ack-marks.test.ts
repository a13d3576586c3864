import { expect, test } from 'vitest';
import { type AckMarks, ackStateOf, markAlerts } from './ack-marks.ts';

const NONE: AckMarks = new Map();
const active = (version: number) => ({ id: 'a', version, status: 'active' as const });

test('alerting S100: what was tapped here is done once the server said so, until the alert has changed since', () => {
  const sent = markAlerts(NONE, ['a'], 'sending', 4);
  expect(ackStateOf(sent, active(4))).toBe('sending');
  const waiting = markAlerts(sent, ['a'], 'waiting');
  expect(ackStateOf(waiting, active(9))).toBe('waiting');
  const done = markAlerts(waiting, ['a'], 'done');
  expect(ackStateOf(done, active(4))).toBe('done');
  expect(ackStateOf(done, { ...active(5), status: 'acknowledged' })).toBeNull();
  expect(ackStateOf(done, active(6))).toBeNull();
});

test('alerting S100: an alert that was acknowledged from a notification and is active again is not shown as acknowledged', () => {
  const kept = markAlerts(NONE, ['a'], 'waiting');
  expect(ackStateOf(kept, active(4))).toBe('waiting');
  for (const before of [kept, NONE])
    expect(ackStateOf(markAlerts(before, ['a'], 'done'), active(6))).toBeNull();
});

test('a mark is taken away where the server refused', () => {
  expect(ackStateOf(markAlerts(markAlerts(NONE, ['a'], 'sending', 1), ['a'], null), active(1))).toBeNull();
});
