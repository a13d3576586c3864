import { expect, test } from 'vitest';
import { clientAddress, inRanges, isRange, networkOf } from './client-address.ts';

test.each([
  ['203.0.113.9', ['203.0.113.0/24'], true],
  ['203.0.114.9', ['203.0.113.0/24'], false],
  ['::ffff:203.0.113.9', ['203.0.113.9'], true],
  ['2001:db8::7', ['2001:db8::/32', '10.0.0.0/8'], true],
  ['2001:db9::7', ['2001:db8::/32', '0.0.0.0/0'], false],
  ['nonsense', ['0.0.0.0/0', '::/0'], false],
])('%s in %j is %s', (address, ranges, expected) => {
  expect(inRanges(address, ranges)).toBe(expected);
});

test.each([
  ['10.0.0.1', true],
  ['10.0.0.0/8', true],
  ['2001:db8::/32', true],
  ['10.0.0.0/33', false],
  ['10.0.0', false],
  ['example.com', false],
  ['', false],
])('%j is a range: %s', (text, expected) => {
  expect(isRange(text)).toBe(expected);
});

test('security U7: only what a trusted proxy says of the client is believed', () => {
  const proxies = ['10.0.0.0/8'];
  expect(clientAddress('198.51.100.1', '203.0.113.9', proxies)).toBe('198.51.100.1');
  expect(clientAddress('::ffff:10.0.0.1', '192.0.2.66, 203.0.113.9, 10.0.0.7', proxies)).toBe('203.0.113.9');
  expect(clientAddress('10.0.0.1', '', proxies)).toBe('10.0.0.1');
});

test.each([
  ['2001:db8:0:1::7', '2001:db8:0:1:ffff::1', true],
  ['2001:db8:0:1::7', '2001:db8:0:2::7', false],
  ['203.0.113.9', '::ffff:203.0.113.9', true],
  ['203.0.113.9', '203.0.113.10', false],
  [null, 'nonsense', true],
])('security U7: %s and %s are one client: %s', (one, other, expected) => {
  expect(networkOf(one) === networkOf(other)).toBe(expected);
});
