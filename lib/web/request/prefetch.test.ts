import { expect, test } from 'vitest';
import { settlePrefetch } from './prefetch.ts';

test('a page, and a prefetch as our pages ask for one, pass', () => {
  expect(() => settlePrefetch({})).not.toThrow();
  expect(() => settlePrefetch({ 'next-router-prefetch': '1' })).not.toThrow();
});

test.each(['2', '3', 'x', '', '1, 1'])(
  'security N10: a prefetch of the kind "%s" is refused before Next reads it',
  (kind) => {
    expect(() => settlePrefetch({ 'next-router-prefetch': kind })).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  },
);
