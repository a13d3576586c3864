import { expect, test } from 'vitest';
import { boundsOf, parseRange, RANGE_PRESETS, rangeQuery } from './time-range.ts';

const read = (query: string) => parseRange(new URLSearchParams(query));

test('a range survives the way through the URL', () => {
  for (const query of ['range=15m', 'range=90d', 'from=1000000&to=9000000']) {
    const range = read(query);
    const again = new URLSearchParams(Object.entries(rangeQuery(range)).map(([k, v]) => [k, String(v)]));
    expect(parseRange(again)).toEqual(range);
  }
});

test('an unreadable range falls back to the last hour instead of failing the page', () => {
  for (const query of [
    '',
    'range=constructor',
    'from=5&to=1',
    'from=abc&to=9e99',
    'from=0&to=1',
    'from=0&to=9e15',
  ]) {
    expect(read(query)).toEqual({ kind: 'live', preset: '1h' });
  }
});

test('a live range ends now and a fixed range stands still', () => {
  expect(boundsOf(read('range=24h'), 1e12)).toEqual({ fromMs: 1e12 - RANGE_PRESETS['24h'].ms, toMs: 1e12 });
  expect(boundsOf(read('from=100000&to=200000'), 1e12)).toEqual({ fromMs: 100_000, toMs: 200_000 });
});
