import { expect, test } from 'vitest';
import { sparkPath } from './spark-path.ts';

test('a gap stays a gap: the line is lifted and set down again', () => {
  expect(sparkPath([0, 10, null, 10, 0], 40, 12).line).toBe('M0 11L10 1M30 1L40 11');
});

test('a lone point between gaps is still drawn, nothing at all draws nothing', () => {
  expect(sparkPath([null, 5, null], 20, 12).line).toBe('M10 1h0');
  expect(sparkPath([null, null], 20, 12)).toEqual({ line: '', area: '' });
});

test('the scale starts at zero, so that a steady value is no drama', () => {
  expect(sparkPath([100, 100], 20, 12).line).toBe('M0 1L20 1');
});
