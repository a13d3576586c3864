import { expect, test } from 'vitest';
import { ownAddress, ownPath } from './own-address.ts';

const base = 'https://pitwall.example.test';

test.each([
  'https://other.example/a',
  '//other.example/a',
  '/\\other.example/a',
  '/.//other.example/a',
  '/a/..//other.example/a',
  '/.\\/other.example/a',
  '/./\t/other.example/a',
  `${base}//other.example/a`,
  `${base}@other.example/a`,
  'javascript:alert(1)',
  'https://[',
])('security A10: %s leads to no other host', (typed) => {
  expect(new URL(ownPath(typed, base), base).origin).toBe(base);
  expect(new URL(ownAddress(typed, base)).origin).toBe(base);
});

test.each(['/{{7*7}}<%= 7*7 %>', '/%', '/agents?q=%zz'])(
  '%s, which nobody can decode, is not come back to',
  (typed) => {
    expect(ownPath(typed, base)).toBe('/');
  },
);

test('an address of our own is kept with its search, as a path', () => {
  expect(ownPath('/agents?status=failing', base)).toBe('/agents?status=failing');
  expect(ownPath(`${base}/alerts/1?x=%2F%2Fy`, base)).toBe('/alerts/1?x=%2F%2Fy');
});
