import { expect, test } from 'vitest';
import { readSpan, saySpan, writeSpan } from './span.ts';

test.each([
  ['30s', 30],
  ['5m', 300],
  ['1h30m', 5400],
  ['1h 30m', 5400],
  ['2 d', 172_800],
  ['10 min', 600],
  ['45', 45],
  ['0', 0],
])('%s are %d seconds, and what is written is read again', (text, seconds) => {
  expect(readSpan(text)).toBe(seconds);
  expect(readSpan(writeSpan(seconds))).toBe(seconds);
});

test.each(['', 'five', '5x', '-5m', '5m!', 'm5'])('"%s" is no span', (text) => {
  expect(readSpan(text)).toBeNaN();
});

test('spans are said in words, one of each without an s', () => {
  expect(saySpan(300)).toBe('5 minutes');
  expect(saySpan(90_061)).toBe('1 day 1 hour 1 minute 1 second');
});
