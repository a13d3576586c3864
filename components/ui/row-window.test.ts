import { expect, test } from 'vitest';
import { windowOf } from './row-window.ts';

test('of a thousand rows only those near the screen are drawn', () => {
  expect(windowOf(200, 900, 40, 1000)).toEqual({ from: 0, to: 30 });
  expect(windowOf(-20_000, 900, 40, 1000)).toEqual({ from: 488, to: 535 });
  expect(windowOf(-39_500, 900, 40, 1000)).toEqual({ from: 975, to: 1000 });
});

test('a short list, a far scroll and an unknown height never leave the list', () => {
  expect(windowOf(200, 900, 40, 3)).toEqual({ from: 0, to: 3 });
  expect(windowOf(-90_000, 900, 40, 100)).toEqual({ from: 99, to: 100 });
  expect(windowOf(0, 900, 0, 7)).toEqual({ from: 0, to: 7 });
});
