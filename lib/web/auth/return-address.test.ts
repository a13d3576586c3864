import { expect, test } from 'vitest';
import { comesBackNowhere } from './return-address.ts';

const base = 'https://pitwall.example.test';
const asks = (search: string, cookie: Record<string, string> = {}, secure = true) =>
  comesBackNowhere(
    {
      nextUrl: { searchParams: new URLSearchParams(search) },
      cookies: { get: (name) => (cookie[name] === undefined ? undefined : { value: cookie[name] }) },
    },
    { url: base, secure },
  );

test.each(['', 'state=x', 'callbackUrl=', 'callbackUrl=/agents', `callbackUrl=${base}/agents`])(
  'a sign-in that comes back to an address goes on: %s',
  (search) => {
    expect(asks(search)).toBe(false);
  },
);

test.each([
  'callbackUrl=+',
  'callbackUrl=x',
  'callbackUrl=javascript:alert(1)',
  'callbackUrl=/a&callbackUrl=+',
])(
  'security A10: one that comes back to what is no address is a wrong request, no failure of ours: %s',
  (search) => {
    expect(asks(search)).toBe(true);
  },
);

test('security A10: so is one whose cookie holds none', () => {
  expect(asks('', { 'pitwall-sso-return': '%' }, false)).toBe(true);
  expect(asks('', { '__Host-pitwall-sso-return': '%' })).toBe(true);
  expect(asks('', { '__Host-pitwall-sso-return': `${base}/agents` })).toBe(false);
});
