import { expect, test } from 'vitest';
import type { AlertCounts } from '#lib/model/alert-view.ts';
import { needsSomebody, verdictOfInbox } from './inbox-verdict.ts';

const counts = (values: Partial<AlertCounts>): AlertCounts => ({
  active: 0,
  acknowledged: 0,
  suppressed: 0,
  recovering: 0,
  bySeverity: { info: 0, warning: 0, error: 0, critical: 0 },
  ...values,
});

test('the inbox names what needs somebody first', () => {
  const bySeverity = { info: 0, warning: 1, error: 0, critical: 1 };
  const first = { title: 'planner is silent', startsAt: 0 };
  expect(verdictOfInbox(counts({ active: 2, bySeverity }), first, 240_000)).toEqual({
    line: '2 alerts need somebody, 1 critical',
    detail: 'planner is silent, for 4 min.',
  });
  const detailAt = (nowMs: number) => verdictOfInbox(counts({ active: 2, bySeverity }), first, nowMs).detail;
  expect([0, 3560].map(detailAt)).toEqual(['planner is silent, for 1 s.', 'planner is silent, for 3 s.']);
});

test('what is kept quiet asks for nobody, and is said', () => {
  expect(verdictOfInbox(counts({ active: 1, suppressed: 1, acknowledged: 3 }), null, 0)).toEqual({
    line: 'Nothing needs you now',
    detail: '3 alerts are acknowledged. 1 active alert is kept quiet.',
  });
});

test('alerting S5: what is back to normal and kept open asks for nobody, and is said', () => {
  expect(verdictOfInbox(counts({ active: 1, recovering: 1 }), null, 0)).toEqual({
    line: 'Nothing needs you now',
    detail: '1 alert is back to normal and kept open for a while.',
  });
});

test('what is taken, over, kept quiet or back to normal needs nobody', () => {
  const recovering = { since: 0, until: 300_000 };
  const quiet = { kind: 'silence' as const, id: 'a', name: 'a' };
  expect(needsSomebody({ status: 'active', suppressedBy: [], recovering: null })).toBe(true);
  expect(needsSomebody({ status: 'active', suppressedBy: [quiet], recovering: null })).toBe(false);
  expect(needsSomebody({ status: 'active', suppressedBy: [], recovering })).toBe(false);
  expect(needsSomebody({ status: 'acknowledged', suppressedBy: [], recovering: null })).toBe(false);
  expect(needsSomebody({ status: 'resolved', suppressedBy: [], recovering: null })).toBe(false);
});

test('an empty inbox says so', () => {
  expect(verdictOfInbox(counts({}), null, 0).detail).toBe('No alert is open.');
});
