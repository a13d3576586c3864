import { expect, test } from 'vitest';
import { NEW_ROUTE, readRoute } from './route-draft.ts';
import { groupWords, targetWords } from './route-words.ts';

const { values } = readRoute(NEW_ROUTE);
const names = new Map([
  ['c', 'Slack #ops'],
  ['p', 'Primary'],
]);

test("a new route says Alertmanager's timers in words", () => {
  expect(groupWords(values)).toBe(
    'Alerts with the same alertname and agent are told together, 30 seconds after the first of them; what changes is told every 5 minutes, and nothing new again after 4 hours.',
  );
  expect(groupWords({ ...values, groupBy: ['...'], groupWaitSeconds: 0 })).toMatch(
    /^Every alert is told on its own, at once;/,
  );
});

test('a route that tells nobody says so', () => {
  expect(targetWords(values, names)).toBe('Nobody is told: alerts stand in the inbox only.');
  expect(targetWords({ channelIds: ['c'], escalationPolicyId: 'p' }, names)).toBe(
    'Tells Slack #ops. Pages people by Primary.',
  );
});

test('a route whose channel or policy is gone says so instead of naming nobody', () => {
  expect(targetWords({ channelIds: ['c', 'x'], escalationPolicyId: 'y' }, names)).toBe(
    'Tells Slack #ops and a deleted channel. Pages people by a deleted policy.',
  );
});

test('times that are none are said at their fields', () => {
  const { issues } = readRoute({ ...NEW_ROUTE, groupWait: 'soon', repeatInterval: '' });
  expect(issues.map(({ path }) => path)).toEqual(['groupWaitSeconds', 'repeatIntervalSeconds']);
});
