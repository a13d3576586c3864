import { expect, test } from 'vitest';
import { fingerprintOf } from './alert-finding.ts';
import { labelMatcherSchema, matcherTest, parseMatcher } from './label-matcher.ts';

test('matchers compare whole values; a missing label is empty', () => {
  const passes = (operator: '=' | '!=' | '=~' | '!~', value: string) =>
    matcherTest([{ name: 'team', operator, value }])({ team: 'payments' });
  expect([
    passes('=', 'payments'),
    passes('!=', 'payments'),
    passes('=~', 'pay'),
    passes('=~', 'pay.*'),
  ]).toEqual([true, false, false, true]);
  expect(matcherTest([{ name: 'absent', operator: '!~', value: '.+' }])({})).toBe(true);
});

test('a label that only its object is born with is as missing as any other', () => {
  for (const name of ['__proto__', 'constructor', 'toString'])
    expect(matcherTest([{ name, operator: '=~', value: '' }])({})).toBe(true);
});

test('security P13: a pattern that would take for ever takes no time, and one that is none is refused', () => {
  const evil = matcherTest([{ name: 'a', operator: '=~', value: '(a+)+b' }]);
  const startedAt = performance.now();
  expect(evil({ a: 'a'.repeat(5000) })).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(labelMatcherSchema.safeParse({ name: 'a', operator: '=~', value: '(' }).success).toBe(false);
});

test.each([
  ['alertname="Slow"', { name: 'alertname', operator: '=', value: 'Slow' }],
  ['agent=~"plan.*"', { name: 'agent', operator: '=~', value: 'plan.*' }],
  [' severity != info ', { name: 'severity', operator: '!=', value: 'info' }],
  ['"grüße"!~"a\\"b"', { name: 'grüße', operator: '!~', value: 'a"b' }],
  ['empty=', { name: 'empty', operator: '=', value: '' }],
  ['no operator', null],
  ['a=~"("', null],
  ['a="unfinished', null],
])('matchers are read as Alertmanager writes them: %s', (text, matcher) => {
  expect(parseMatcher(text)).toEqual(matcher);
});

test('alerting S68: the identity is the labels alone, in whatever order and without the empty ones', () => {
  const one = fingerprintOf({ alertname: 'Slow', agent: 'planner', empty: '' });
  expect(fingerprintOf({ agent: 'planner', alertname: 'Slow' })).toBe(one);
  expect(fingerprintOf({ agent: 'planner', alertname: 'Slow', zone: 'a' })).not.toBe(one);
  expect(fingerprintOf({ a: 'b","c', d: '' })).not.toBe(fingerprintOf({ a: 'b', c: '' }));
});
