import { expect, test } from 'vitest';
import { cutText, initialsOf } from './cut-text.ts';

test('initials are whole characters, emoji and families of them too', () => {
  expect(initialsOf('ann lee')).toBe('AL');
  expect(initialsOf('Ann von der Lee')).toBe('AL');
  expect(initialsOf('Ann 🏎️')).toBe('A🏎️');
  expect(initialsOf('👩‍👩‍👧 Ann')).toBe('👩‍👩‍👧A');
  expect(initialsOf('e\u0301mile')).toBe('E\u0301');
  expect(initialsOf('ann@example.com')).toBe('A');
  expect(initialsOf('  ')).toBe('?');
});

test('a text is cut between characters, never inside one', () => {
  expect(cutText('abc', 2)).toBe('ab');
  expect(cutText('ab🏁', 3)).toBe('ab');
  expect(cutText('ab🏁', 4)).toBe('ab🏁');
  expect(cutText('ab🏁', 3).isWellFormed()).toBe(true);
});
