import { expect, test } from 'vitest';
import { toStorable, unstorablePaths } from './storable-text.ts';

test('text that the database would refuse is found wherever it stands, keys included', () => {
  const value = {
    name: 'a\0b',
    settings: { headers: [{ 'x\ud800': 'y' }, { good: 'half \udc00' }] },
    fine: ['whole 😀', 1, null, new Date(0), new Uint8Array([0])],
  };
  expect(unstorablePaths(value)).toEqual(['name', 'settings.headers.0', 'settings.headers.1.good']);
});

test('a value that contains itself is refused instead of followed for ever', () => {
  const loop: Record<string, unknown> = {};
  loop.again = loop;
  expect(unstorablePaths(loop)).toHaveLength(1);
});

test('cleaned text can be stored and keeps everything else', () => {
  expect(toStorable('a\0b \ud800 😀')).toBe('ab \ufffd 😀');
});
