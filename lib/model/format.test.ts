import { describe, expect, test } from 'vitest';
import {
  formatAgo,
  formatChange,
  formatCount,
  formatDuration,
  formatMoney,
  formatPercent,
  formatPlural,
  formatUtc,
} from './format.ts';

test('missing values are a dash and never zero', () => {
  for (const format of [formatCount, formatPercent, formatDuration, formatMoney]) {
    expect([format(null), format(undefined), format(Number.NaN)]).toEqual(['–', '–', '–']);
  }
});

describe('numbers', () => {
  test.each([
    [0, '0'],
    [0.42, '0.42'],
    [12.34, '12.3'],
    [320.7, '321'],
    [9480, '9,480'],
    [12_345, '12.3k'],
    [999_949, '999.9k'],
    [999_951, '1M'],
    [4_600_000, '4.6M'],
    [2e9, '2B'],
  ])('count %d is written %s', (value, text) => expect(formatCount(value)).toBe(text));

  test.each([
    [0, '0%'],
    [0.00001, '<0.01%'],
    [0.0035, '0.35%'],
    [0.042, '4.2%'],
    [0.38, '38%'],
    [1, '100%'],
  ])('ratio %d is written %s', (value, text) => expect(formatPercent(value)).toBe(text));

  test.each([
    [4.21, '4.2 ms'],
    [820.4, '820 ms'],
    [999.7, '1 s'],
    [1240, '1.24 s'],
    [48_200, '48 s'],
    [125_000, '2 min 5 s'],
    [119_700, '2 min'],
    [11_520_000, '3 h 12 min'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms is written %s', (value, text) => expect(formatDuration(value)).toBe(text));

  test.each([
    [0, '$0'],
    [0.00001, '<$0.0001'],
    [0.0042, '$0.0042'],
    [0.37, '$0.37'],
    [12.4, '$12.40'],
    [252.64, '$253'],
    [1204, '$1,204'],
    [48_200, '$48.2k'],
  ])('%d dollars are written %s', (value, text) => expect(formatMoney(value)).toBe(text));
});

test('moments are said relative to now and exact in UTC', () => {
  expect([0, 12, 250, 11_000, 190_000].map((s) => formatAgo(1e12 - s * 1000, 1e12))).toEqual([
    'just now',
    '12 s ago',
    '4 min ago',
    '3 h ago',
    '2 d ago',
  ]);
  expect(formatAgo(null, 1e12)).toBe('never');
  expect(formatUtc(1_000_000_000_000)).toBe('2001-09-09 01:46:40 UTC');
});

test('a change is said only where there is something to compare with', () => {
  expect([
    formatChange(112, 100),
    formatChange(96, 100),
    formatChange(100.1, 100),
    formatChange(2500, 100),
  ]).toEqual(['+12%', '−4%', 'no change', '25×']);
  expect([formatChange(5, 0), formatChange(null, 5)]).toEqual([null, null]);
});

test('nouns agree with their number', () => {
  expect([
    formatPlural(1, 'agent'),
    formatPlural(1200, 'agent'),
    formatPlural(2, 'query', 'queries'),
  ]).toEqual(['1 agent', '1,200 agents', '2 queries']);
});
