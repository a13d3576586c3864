import { expect, test } from 'vitest';
import { momentWords } from './moments.ts';

test('a moment of another year says its year', () => {
  const now = Date.UTC(2026, 0, 5, 8);
  expect(momentWords('Europe/Berlin', Date.UTC(2026, 0, 5, 8), now)).toBe('Mon 5 Jan, 09:00');
  expect(momentWords('Europe/Berlin', Date.UTC(2026, 11, 31, 23, 30), now)).toBe('Fri, 1 Jan 2027, 00:30');
});
