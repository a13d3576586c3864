import { expect, test } from 'vitest';
import { writeRange } from './range-search.ts';

const after = (
  query: string,
  ...rest: [Parameters<typeof writeRange>[1], Parameters<typeof writeRange>[2]]
) => {
  const search = new URLSearchParams(query);
  writeRange(search, ...rest);
  return search.toString();
};

test('another range begins lists anew, and keeps what else the page was asked for', () => {
  expect(after('range=24h&status=error&cursor=abc', ['range', 'from', 'to'], { from: 1, to: 2 })).toBe(
    'status=error&from=1&to=2',
  );
  expect(after('range=24h&cursor=abc', ['from', 'to'], { from: 1, to: 2 })).toBe('range=24h&from=1&to=2');
  expect(after('range=24h&from=1&to=2&cursor=abc', ['from', 'to'], {})).toBe('range=24h');
});
