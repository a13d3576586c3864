import { expect, test } from 'vitest';
import { badgedTitle } from './badge-title.ts';

test('the number stands once, whatever stood there before', () => {
  expect(badgedTitle('Agents · Pitwall', 3)).toBe('(3) Agents · Pitwall');
  expect(badgedTitle('(3) Agents · Pitwall', 120)).toBe('(99+) Agents · Pitwall');
  expect(badgedTitle('(99+) Agents · Pitwall', 0)).toBe('Agents · Pitwall');
});
