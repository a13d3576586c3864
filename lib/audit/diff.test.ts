import { expect, test } from 'vitest';
import { canonicalJson, toStorableJson } from './canonical-json.ts';
import { diff } from './diff.ts';

test('canonical JSON sorts keys by code unit at every depth and writes numbers as ECMAScript does', () => {
  expect(canonicalJson({ b: [1e21, 0.1, -0], '\u20ac': null, a: { z: true, A: '\u0007"' } })).toBe(
    '{"a":{"A":"\\u0007\\"","z":true},"b":[1e+21,0.1,0],"€":null}',
  );
});

test('values that a jsonb column would change or refuse are made storable', () => {
  const given = {
    at: new Date(0),
    text: 'a\u0000b\ud800',
    gone: undefined,
    not: Number.NaN,
    bytes: Buffer.alloc(3),
  };
  expect(toStorableJson(given)).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    text: 'ab\ufffd',
    not: null,
    bytes: '[3 bytes]',
  });
  const hostile = toStorableJson(JSON.parse('{"__proto__": {"admin": true}}'));
  expect(Object.keys(hostile as object)).toEqual(['__proto__']);
});

test('only fields that differ are kept, and a created or removed target has one side', () => {
  expect(diff({ name: 'a', size: 1 }, { name: 'b', size: 1 })).toEqual({
    before: { name: 'a' },
    after: { name: 'b' },
  });
  expect(diff(undefined, { name: 'a' })).toEqual({ after: { name: 'a' } });
});

test('security U4: secrets lose their value at any depth and still show that they changed', () => {
  const details = diff(
    { passwordHash: 'old', config: { webhook: { token: 'canary-1' } } },
    { passwordHash: 'new', config: { webhook: { token: 'canary-2' } } },
  );
  expect(JSON.stringify(details)).not.toMatch(/canary|old|new/);
  expect(details.after).toEqual({ passwordHash: '[redacted]', config: { webhook: { token: '[redacted]' } } });
});
