import { expect, test } from 'vitest';
import { createSecretBox } from './secret-box.ts';

const [first, second] = ['a'.repeat(32), 'b'.repeat(32)];

test('security O8: what is sealed says nothing, differs each time and opens again', () => {
  const box = createSecretBox(first);
  const [one, two] = [box.seal('canary ✓'), box.seal('canary ✓')];
  expect(one).not.toBe(two);
  expect(Buffer.from(one.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('canary');
  expect(box.open(one)).toBe('canary ✓');
});

test('security U11: a former key opens until all is sealed anew, and a wrong one is refused', () => {
  const old = createSecretBox(first).seal('canary');
  const rotated = createSecretBox(second, [first]);
  expect(rotated.open(old)).toBe('canary');
  expect([rotated.isStale(old), rotated.isStale(rotated.seal('x'))]).toEqual([true, false]);
  expect(() => createSecretBox(second).open(old)).toThrow(/unknown key/);
});

test.each([
  ['a changed byte', (sealed: string) => sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA')],
  ['a cut end', (sealed: string) => sealed.slice(0, -6)],
  ['nothing but the head', (sealed: string) => sealed.slice(0, sealed.lastIndexOf('.') + 1)],
  ['no box at all', () => 'plain text'],
])('%s is refused', (_case, alter) => {
  const box = createSecretBox(first);
  expect(() => box.open(alter(box.seal('canary')))).toThrow(/altered|unknown key/);
});
