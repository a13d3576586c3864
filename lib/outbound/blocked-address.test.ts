import { expect, test } from 'vitest';
import { isBlockedAddress, parseAllowList } from './blocked-address.ts';
import { checkHeaders, literalAddress, readTarget } from './request-target.ts';

test.each([
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
  ['this host', ['0.0.0.0', '0.1.2.3', '::']],
  ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', 'fc00::1', 'fd12::1', 'fec0::1']],
  ['carrier-grade NAT', ['100.64.0.1', '100.127.255.255']],
  ['link-local and metadata', ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254']],
  ['multicast and broadcast', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
  [
    'reserved and documentation',
    ['240.0.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '192.0.0.1', '2001:db8::1'],
  ],
  [
    'IPv4 inside IPv6',
    ['::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1'],
  ],
  ['6to4, Teredo, discard', ['2002:7f00:1::', '2001::1', '100::1']],
  ['no address', ['', 'localhost', '1.2.3', '0x7f000001']],
])('security O1: %s is blocked', (_class, addresses) => {
  expect(addresses.filter((address) => !isBlockedAddress(address, []))).toEqual([]);
});

test('security O1: public addresses of both families are reached', () => {
  const open = ['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'];
  expect(open.filter((address) => isBlockedAddress(address, []))).toEqual([]);
});

test('security O4: only what an admin allows is opened, mapped addresses included', () => {
  const allowed = parseAllowList(['10.1.0.0/16', '127.0.0.1', '::1/128']);
  const open = ['10.1.2.3', '::ffff:10.1.2.3', '127.0.0.1', '::1'];
  expect(open.filter((address) => isBlockedAddress(address, allowed))).toEqual([]);
  expect(['10.2.0.1', '127.0.0.2', '169.254.169.254'].filter((a) => !isBlockedAddress(a, allowed))).toEqual(
    [],
  );
  expect(() => parseAllowList(['everything'])).toThrow();
});

test.each([
  ['http://2130706433/', '127.0.0.1'],
  ['http://0x7f.1/', '127.0.0.1'],
  ['http://0177.0.0.1/', '127.0.0.1'],
  ['http://127.1/', '127.0.0.1'],
  ['http://127.0.0.1./', '127.0.0.1'],
  ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ['http://①②⑦.⓪.⓪.①/', '127.0.0.1'],
])('security O2: %s is seen as the address that it is', (typed, address) => {
  const literal = literalAddress(readTarget(typed));
  expect(literal).toBe(address);
  expect(isBlockedAddress(literal ?? '', [])).toBe(true);
});

test.each([
  'http://user:pass@example.test/',
  'http://trusted.example@127.0.0.1/',
  'http://a%40b@example.test/',
  'http://exa%6dple%40.test/',
  'file:///etc/passwd',
  'gopher://example.test/',
  'javascript:alert(1)',
  'http://',
  'not an address',
  '',
])('security O2: %s is refused', (typed) => {
  expect(() => readTarget(typed)).toThrow();
});

test.each([
  [{ Host: 'inside' }],
  [{ 'content-length': '1' }],
  [{ 'Transfer-Encoding': 'chunked' }],
  [{ Connection: 'close' }],
  [{ 'x-ok': 'a\r\nhost: inside' }],
  [{ 'x\r\nhost': 'inside' }],
  [{ 'x ok': 'a' }],
  [{ 'x-ok': 'ünïcode ✓' }],
])('security O6: headers that frame, route or break out of their line are refused: %j', (headers) => {
  expect(() => checkHeaders(headers as Record<string, string>)).toThrow();
});

test('security O6: other headers pass, in lower case', () => {
  expect(checkHeaders({ 'X-Signature': 'v1,abc=', authorization: 'Bearer x' })).toEqual({
    'x-signature': 'v1,abc=',
    authorization: 'Bearer x',
  });
});
