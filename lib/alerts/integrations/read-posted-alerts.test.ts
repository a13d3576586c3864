import { expect, test } from 'vitest';
import { mergeTimes } from '../decide-finding.ts';
import { readPostedAlerts } from './read-posted-alerts.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const at = (minutes: number): Date => new Date(T0 + minutes * 60_000);
const by = { integrationId: 'i', resolveTimeoutMs: 300_000, at: at(0) };
const read = (...batch: unknown[]) => readPostedAlerts(batch, by);
const labels = { alertname: 'Slow' };
const iso = (minutes: number): string => at(minutes).toISOString();

test('alerting S61: a missing start is now or the end, a missing end is now and the resolve timeout', () => {
  const unset = '0001-01-01T00:00:00Z';
  const { findings } = read(
    { labels },
    { labels, startsAt: unset, endsAt: unset },
    { labels, endsAt: iso(-1) },
    { labels, startsAt: iso(-10), endsAt: iso(4) },
  );
  expect(findings).toMatchObject([
    { startsAt: at(0), endsAt: at(5), endsByTimeout: true, firing: true },
    { startsAt: at(0), endsAt: at(5), endsByTimeout: true, firing: true },
    { startsAt: at(-1), endsAt: at(-1), endsByTimeout: false, firing: false },
    { startsAt: at(-10), endsAt: at(4), endsByTimeout: false, firing: true },
  ]);
});

test('alerting S61: what fires and says that it starts later has begun when it was received', () => {
  const { findings } = read({ labels, startsAt: '9999-01-01T00:00:00Z', endsAt: '9999-12-31T00:00:00Z' });
  expect(findings).toMatchObject([{ startsAt: at(0), firing: true }]);
});

test('alerting S66: each bad alert is named by its place, and the others are read', () => {
  const { findings, refused } = read({ labels }, 'nonsense', { labels: { a: 1 } }, { labels: { b: 'x' } });
  expect(findings).toHaveLength(2);
  expect(refused.map(({ index }) => index)).toEqual([1, 2]);
});

test('alerting S67: empty values go, one label must stay, the end is not before the start, names are UTF-8', () => {
  const { findings, refused } = read(
    { labels: { alertname: 'Slow', empty: '', 'größe.x': 'ü' } },
    { labels: { empty: '' } },
    { labels: {} },
    { labels, startsAt: iso(5), endsAt: iso(1) },
    { labels, startsAt: 'yesterday' },
  );
  expect(findings.map((finding) => finding.labels)).toEqual([{ alertname: 'Slow', 'größe.x': 'ü' }]);
  expect(refused.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
});

test('alerting S68: annotations and the generator may change, the identity stays', () => {
  const { findings } = read(
    { labels, annotations: { summary: 'one' }, generatorURL: 'http://a/' },
    { labels, annotations: { summary: 'two' }, generatorURL: 'http://b/' },
  );
  expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  expect(findings.map(({ title }) => title)).toEqual(['one', 'two']);
});

test('a character that can not be stored is taken out of an alert, which counts all the same', () => {
  const { findings, refused } = read({ labels: { alertname: 'Sl\0ow' } });
  expect([findings.map((finding) => finding.labels), refused]).toEqual([[{ alertname: 'Slow' }], []]);
});

test('an alert that says nothing of itself is called by its labels', () => {
  const { findings } = read(
    { labels: { severity: 'page', job: 'node', instance: 'a:9100' } },
    { labels: { severity: 'page' } },
    { labels: { text: `${'x'.repeat(113)}😀` } },
  );
  expect(findings.map(({ title }) => title)).toEqual([
    'instance: a:9100, job: node',
    'Alert',
    `text: ${'x'.repeat(113)}`,
  ]);
});

type Times = Parameters<typeof mergeTimes>[0];
const times = (from: number, to: number, endsByTimeout: boolean): Times => ({
  startsAt: at(from),
  endsAt: at(to),
  endsByTimeout,
});

test.each<[string, Times, Times, Times]>([
  ['the earliest start wins', times(0, 5, true), times(2, 7, true), times(0, 7, true)],
  ['an explicit end beats a timeout', times(0, 9, false), times(1, 6, true), times(0, 9, false)],
  ['a later timeout pushes an explicit end', times(0, 5, false), times(1, 8, true), times(0, 8, true)],
  ['the newest wins otherwise', times(0, 9, true), times(1, 6, false), times(0, 6, false)],
])('alerting S64: %s', (_rule, open, finding, merged) => {
  expect(mergeTimes(open, finding)).toEqual(merged);
});
