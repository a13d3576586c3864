import { expect, test } from 'vitest';
import { tickWords } from './ticks.ts';

/** In Berlin, an hour before UTC. */
const at = (hour: number, minute = 0, second = 0) => Date.UTC(2026, 10, 23, hour - 1, minute, second) / 1000;
const zone = 'Europe/Berlin';

test('ticks are clock times, and dates where a day begins or a step is a day', () => {
  expect(tickWords([at(23, 30), at(24), at(24, 30)], 1800, zone)).toEqual(['23:30', 'Nov 24', '00:30']);
  expect(tickWords([at(9, 0, 15)], 15, zone)).toEqual(['09:00:15']);
  expect(tickWords([at(12)], 86_400, zone)).toEqual(['Nov 23']);
});
