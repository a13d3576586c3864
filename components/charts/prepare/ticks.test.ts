import { expect, test } from 'vitest';
import { tickWords } from './ticks.ts';

const at = (hour: number, minute = 0, second = 0) =>
  new Date(2026, 10, 23, hour, minute, second).getTime() / 1000;

test('ticks are clock times, and dates where a day begins or a step is a day', () => {
  expect(tickWords([at(23, 30), at(24), at(24, 30)], 1800)).toEqual(['23:30', 'Nov 24', '00:30']);
  expect(tickWords([at(9, 0, 15)], 15)).toEqual(['09:00:15']);
  expect(tickWords([at(12)], 86_400)).toEqual(['Nov 23']);
});
