import { expect, test } from 'vitest';
import type { AlertEvent } from '#lib/model/alert-view.ts';
import { eventWords } from './timeline-words.ts';

const event = (values: Partial<AlertEvent>): AlertEvent => ({
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  kind: 'opened',
  at: 0,
  actor: { kind: 'user', name: 'Ada' },
  via: 'web',
  note: '',
  details: {},
  ...values,
});

test('the timeline says who did it and through which door', () => {
  expect(eventWords(event({ kind: 'acknowledged', via: 'push' }))).toBe(
    'Acknowledged by Ada from a notification',
  );
  expect(eventWords(event({ kind: 'snoozed', details: { until: 3_600_000 } }))).toBe(
    'Snoozed for 1 h by Ada',
  );
  const system = { kind: 'system', name: 'evaluation' } as const;
  expect(eventWords(event({ kind: 'resolved', actor: system }))).toBe('Resolved');
});

test('alerting S49: messages stand in the timeline with their way, whom they went to and what became of them', () => {
  const details = { userName: 'Grace' };
  expect(eventWords(event({ kind: 'notified', via: 'push', details }))).toBe('Push to Grace: sent');
  expect(eventWords(event({ kind: 'notification_failed', via: 'email', details }))).toBe(
    'E-mail to Grace: not delivered',
  );
});

test('a kind of a later version is shown by its name', () => {
  expect(eventWords(event({ kind: 'moved_elsewhere' }))).toBe('moved elsewhere');
});
