import { expect, test } from 'vitest';
import { sessionCookie, signOnCookies } from '../session-cookie.ts';
import { settleForwarding } from './forwarded.ts';
import { cameFromOwnPage, requireSameOrigin } from './same-origin.ts';
import { contentSecurityPolicy, fixedHeaders, type PolicyOptions } from './security-headers.ts';

const options: PolicyOptions = {
  nonce: 'bm9uY2U=',
  secure: false,
  realtimeUrl: null,
  realtimePort: 3001,
  hostname: 'console.example',
};

test('security N5: scripts need the nonce of their own answer, nobody may frame the page, forms stay with us', () => {
  const policy = contentSecurityPolicy(options);
  expect(policy).toContain("script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic'");
  const parts = ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"];
  expect(policy.split('; ')).toEqual(expect.arrayContaining(parts));
});

test.each([
  [{}, 'http://console.example:3001 ws://console.example:3001'],
  [{ secure: true }, 'https://console.example:3001 wss://console.example:3001'],
  [{ realtimeUrl: 'wss://live.example/x' }, 'https://live.example wss://live.example'],
])('the page may open a socket to the realtime service and nowhere else: %j', (change, sources) => {
  const policy = contentSecurityPolicy({ ...options, ...change });
  expect(policy.split('; ')).toContain(`connect-src 'self' ${sources}`);
});

test('security N6: a year of HTTPS only where it is served, the other headers always', () => {
  const [plain, secure] = [new Map(fixedHeaders(false)), new Map(fixedHeaders(true))];
  expect(plain.get('x-content-type-options')).toBe('nosniff');
  expect(plain.get('cross-origin-opener-policy')).toBe('same-origin');
  expect([plain.has('strict-transport-security'), secure.get('strict-transport-security')]).toEqual([
    false,
    'max-age=31536000; includeSubDomains',
  ]);
});

test('security A7: over HTTPS the cookie has the __Host- prefix with all that it demands', () => {
  expect(sessionCookie({ secure: true })).toEqual({
    name: '__Host-pitwall-session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: true },
  });
  expect(sessionCookie({ secure: false }).name).toBe('pitwall-session');
});

test('security A7: so have all cookies of a sign-in through a provider, so that no sub-domain plants one', () => {
  const kept = Object.values(signOnCookies({ secure: true }));
  for (const cookie of kept)
    expect(cookie).toMatchObject({
      name: expect.stringMatching(/^__Host-pitwall-sso-/),
      options: { httpOnly: true, sameSite: 'lax', path: '/', secure: true },
    });
  expect(new Set(kept.map(({ name }) => name)).size).toBe(4);
});

const allowed = ['https://console.example'];
test.each([
  ['no origin', {}],
  ['the word null', { origin: 'null' }],
  ['another host', { origin: 'https://evil.example' }],
  ['a look-alike', { origin: 'https://console.example.evil.example' }],
  ['another protocol', { origin: 'http://console.example' }],
  ['a cross-site fetch', { origin: 'https://console.example', 'sec-fetch-site': 'cross-site' }],
])('security N1: a mutation with %s is refused', (_case, headers) => {
  expect(() => requireSameOrigin(new Headers(headers), allowed)).toThrow(/did not come from the console/);
});

test('security N1: a mutation from our own page passes', () => {
  const headers = new Headers({ origin: 'https://console.example', 'sec-fetch-site': 'same-origin' });
  expect(() => requireSameOrigin(headers, allowed)).not.toThrow();
});

test.each([
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ referer: 'https://console.example/sign-in' }, true],
  [{ 'sec-fetch-site': 'cross-site', referer: 'https://console.example/sign-in' }, false],
  [{ 'sec-fetch-site': 'same-site' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
  [{ referer: 'https://console.example.evil.example/' }, false],
  [{ referer: 'nonsense' }, false],
  [{}, false],
])('security N1: only a link of our own page begins a sign-in at a provider: %j', (headers, isOwn) => {
  expect(cameFromOwnPage(new Headers(headers), allowed)).toBe(isOwn);
});

function settle(
  peer: string,
  claims: Record<string, string>,
  trusted: string[] = [],
): Record<string, unknown> {
  const headers = { ...claims };
  settleForwarding(headers, peer, trusted);
  return headers;
}
const claims = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
};

test('security A15: a stranger says nothing about itself: its address is the one that connected', () => {
  expect(settle('198.51.100.1', claims)).toEqual({ 'x-forwarded-for': '198.51.100.1' });
  expect(settle('::ffff:198.51.100.1', claims, ['10.0.0.0/8'])).toEqual({
    'x-forwarded-for': '198.51.100.1',
  });
});

test('security U7: a trusted proxy names the client, and hops that a client invented are not believed', () => {
  const chain = { ...claims, 'x-forwarded-for': '192.0.2.66, 203.0.113.9, 10.0.0.7' };
  expect(settle('10.0.0.1', chain, ['10.0.0.0/8'])).toEqual({
    ...claims,
    'x-forwarded-for': '203.0.113.9',
  });
  expect(settle('10.0.0.1', { 'x-forwarded-for': 'nonsense' }, ['10.0.0.0/8'])).toEqual({
    'x-forwarded-for': '10.0.0.1',
  });
});
