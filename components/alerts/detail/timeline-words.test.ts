import { expect, test } from 'vitest';
import type { AlertEvent } from '#lib/model/alert-view.ts';
import { eventWords, foldEvents } from './timeline-words.ts';

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

test('alerting S49: a message says which device or way of the person it took, and why it was not the first', () => {
  const words = (via: string, details: AlertEvent['details']) =>
    eventWords(event({ kind: 'notified', via, details }));
  const userName = 'Grace';
  expect(words('push', { userName, device: 'Chrome on Android', contactName: 'Push' })).toBe(
    'Push to Grace (Chrome on Android): sent',
  );
  expect(words('webhook', { userName, contactName: 'SMS' })).toBe('Webhook to Grace (SMS): sent');
  expect(words('email', { userName, contactName: 'E-mail' })).toBe('E-mail to Grace: sent');
  expect(words('slack', { channelName: 'Ops', reason: 'repeat' })).toBe('Slack to Ops: sent, a reminder');
  expect(words('slack', { channelName: 'Ops', reason: 'first' })).toBe('Slack to Ops: sent');
});

test('messages of one moment that would read the same are one entry with their count', () => {
  const push = (at: number, device: string) =>
    event({
      kind: 'notified',
      via: 'push',
      at,
      details: { userName: 'Grace', device, notificationId: `${at}` },
    });
  const phone = 'Chrome on Android';
  const events = [push(0, phone), push(1, 'Firefox on Linux'), push(2, phone), push(300_000, phone)];
  expect(foldEvents(events).map(({ words }) => words)).toEqual([
    'Push to Grace (Chrome on Android): sent · 2 devices',
    'Push to Grace (Firefox on Linux): sent',
    'Push to Grace (Chrome on Android): sent',
  ]);
  const wrote = { kind: 'commented', note: 'again' };
  expect(foldEvents([event(wrote), event(wrote)])).toHaveLength(2);
});

test('a hand-over says to whom, and an escalation that reached nobody says who is told instead', () => {
  const handed = { kind: 'reassigned', details: { userId: 'x', userName: 'Grace' } };
  expect(eventWords(event(handed))).toBe('Handed over to Grace by Ada');
  expect(eventWords(event({ kind: 'reassigned', details: { userId: 'x' } }))).toBe('Handed over by Ada');
  const fallback = { kind: 'escalated', details: { policy: 'all', fallback: true } };
  expect(eventWords(event({ ...fallback, note: 'Ada' }))).toBe(
    'Nobody was reached: the administrators are told',
  );
  expect(eventWords(event(fallback))).toBe('Nobody was reached: no administrator is there to tell');
});

test('a kind of a later version is shown by its name', () => {
  expect(eventWords(event({ kind: 'moved_elsewhere' }))).toBe('moved elsewhere');
});
