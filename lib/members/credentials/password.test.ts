import { expect, test, vi } from 'vitest';
import { normaliseEmail } from './email.ts';
import { hashPassword, verifyPassword } from './password.ts';

// Hashing is slow on purpose, and slower beside other work.
vi.setConfig({ testTimeout: 60_000 });

test('security A12: a password is stored as salted scrypt with its cost, and only the right one fits', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  expect(one).toMatch(/^scrypt\$15\$8\$3\$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword('correct horse', one)).toBe(true);
  expect(await verifyPassword('correct horsf', one)).toBe(false);
});

test('security A12: no stored password never fits, not even the stand-in', async () => {
  expect(await verifyPassword('', null)).toBe(false);
  expect(await verifyPassword('anything', 'not a hash')).toBe(false);
});

test.each([
  [' Some.Body@Example.TEST ', 'some.body@example.test'],
  ['ａｄｍｉｎ@example.test', 'admin@example.test'],
  ['admin＠example.test', 'admin@example.test'],
  ['a@b@example.test', null],
  ['a\r\nBcc: b@example.test', null],
  ['', null],
])('an address is normalised before it is validated: %j', (typed, stored) => {
  expect(normaliseEmail(typed)).toBe(stored);
});
