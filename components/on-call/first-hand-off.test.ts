import { expect, test } from 'vitest';
import { isAhead, lastHandOff } from './first-hand-off.ts';

const at = (time: string) => Date.parse(`2026-11-29T${time}Z`);

test.each([
  ['UTC', '08:49', '2026-11-28T09:00'],
  ['UTC', '09:00', '2026-11-29T09:00'],
  ['America/St_Johns', '08:49', '2026-11-28T09:00'],
  ['America/St_Johns', '12:30', '2026-11-29T09:00'],
  ['Pacific/Auckland', '20:00', '2026-11-30T09:00'],
  ['America/St_Jo', '08:49', '2026-11-28T09:00'],
])('a new rotation in %s at %s UTC has somebody on call already: since %s', (zone, time, startsAt) => {
  expect(lastHandOff(zone, at(time))).toBe(startsAt);
  expect(isAhead(startsAt, zone, at(time))).toBe(false);
});

test('a first hand-off that is still ahead by the clocks of the zone is known as one', () => {
  expect(isAhead('2026-11-29T09:00', 'America/St_Johns', at('08:49'))).toBe(true);
  expect(isAhead('2026-11-29T09:00', 'Europe/Berlin', at('08:49'))).toBe(false);
});
