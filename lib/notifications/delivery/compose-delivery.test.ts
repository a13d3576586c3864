import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { MessageAlert } from '#lib/model/notification.ts';
import { makeMessage } from '#lib/testing/notifications.ts';
import { createAckTokens } from '../ack-token.ts';
import type { Claim } from './claim-due.ts';
import { composeDelivery } from './compose-delivery.ts';
import type { DeliveryFacts } from './delivery-facts.ts';

const tools = { appUrl: 'https://pitwall.example', ackTokens: createAckTokens('a secret'.repeat(4)) };
const facts: DeliveryFacts = {
  channels: new Map(),
  contacts: new Map(),
  devices: new Map(),
  people: new Map(),
  groups: new Map(),
  alerts: new Map(),
};

/** A page about these alerts. */
function page(id: string, ...alertIds: string[]): Claim {
  const alerts = alertIds.map(
    (alertId): MessageAlert => ({
      id: alertId,
      title: alertId,
      severity: 'critical',
      status: 'active',
      url: '/',
      startsAt: '2026-11-22T12:00:00Z',
      value: null,
    }),
  );
  return {
    ...{ id, teamId: 'team', purpose: 'page', kind: 'push', channelId: null, userId: 'user', groupId: null },
    ...{ contactMethodId: null, pushSubscriptionId: 'device', destination: 'device:device', cause: id },
    ...{ attempt: 1, token: 1, priority: 0, expired: false, expiresMs: 60_000, claimedMs: 0 },
    alertIds,
    message: makeMessage({ alerts, alertCount: alertIds.length }),
  };
}

const topicOf = (...claims: [Claim, ...Claim[]]) => composeDelivery(tools, claims, facts).topic;

test('alerting S98: a newer page of an alert replaces the older, and one that speaks of several replaces nothing', () => {
  expect(topicOf(page('first', 'a'))).toBe('a');
  expect(topicOf(page('again', 'a'), page('other way', 'a'))).toBe('a');
  const several = [
    topicOf(page('storm', 'a', 'b', 'c', 'd')),
    topicOf(page('next storm', 'e', 'f', 'g', 'h')),
    topicOf(page('one', 'a'), page('two', 'b')),
  ];
  expect(several).toEqual(['storm', 'next storm', 'one']);
});

test('alerting S41: what receivers deduplicate a group by is the SHA-256 of its key', () => {
  const group = { ...page('message', 'a'), purpose: 'group' as const, groupId: 'group' };
  const known = { ...facts, groups: new Map([['group', { key: 'route:[["a","1"]]', intervalMs: 300_000 }]]) };
  expect(composeDelivery(tools, [group], known).dedupKey).toBe(
    createHash('sha256').update('route:[["a","1"]]').digest('hex'),
  );
});

test.each([
  [90_000, 90],
  [1, 1],
  [-5000, 1],
  [400 * 86_400_000, 28 * 86_400],
])('alerting S98: what is over in %d ms is kept by a push service for %d s', (expiresMs, seconds) => {
  const claim = { ...page('first', 'a'), claimedMs: 1000, expiresMs: 1000 + expiresMs };
  expect(composeDelivery(tools, [claim], facts).ttlSeconds).toBe(seconds);
});

test('alerting S86: what goes out as one message counts all of its alerts, also those that it does not name', () => {
  const storm = (name: string): Claim => {
    const claim = page(name, ...Array.from({ length: 50 }, (_, i) => `${name} ${i}`));
    return { ...claim, message: { ...claim.message, alerts: claim.message.alerts.slice(0, 20) } };
  };
  const { message } = composeDelivery(tools, [storm('a'), storm('b')], facts);
  expect(message).toMatchObject({ title: '100 alerts need you', alertCount: 100 });
});
