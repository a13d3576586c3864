import { expect, test } from 'vitest';
import { matchEntries, type PaletteEntry } from './palette-match.ts';

const entry = (label: string, words?: string): PaletteEntry => ({
  id: label,
  label,
  kind: 'Agent',
  href: '/',
  words,
});
const entries = [
  entry('overview'),
  entry('planner-2', 'production'),
  entry('price-lookup'),
  entry('api keys'),
];

test('letters in order find an entry, word starts and runs first', () => {
  expect(matchEntries('pl', entries).map((e) => e.label)).toEqual(['planner-2', 'price-lookup']);
  expect(matchEntries('keys', entries).map((e) => e.label)).toEqual(['api keys']);
});

test('further words find too, strangers find nothing, and nothing asked offers the first', () => {
  expect(matchEntries('production', entries).map((e) => e.label)).toEqual(['planner-2']);
  expect(matchEntries('zzz', entries)).toEqual([]);
  expect(matchEntries(' ', entries, 2)).toHaveLength(2);
});
