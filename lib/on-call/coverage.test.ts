import { expect, test } from 'vitest';
import type { Shift } from '#lib/model/on-call.ts';
import { sinceMade } from './coverage.ts';

const shift = (startsAt: number, endsAt: number, userId: string | null): Shift => ({
  startsAt,
  endsAt,
  userId,
  source: userId === null ? 'none' : 'rotation',
  key: `${userId}`,
});

test('nobody was missing before the schedule was made, and who or what was named for that time stays', () => {
  const past = [shift(0, 10, 'ann'), shift(10, 20, null), shift(20, 30, 'ann'), shift(30, 50, null)];
  expect(sinceMade(past, 40)).toEqual([past[0], past[2], { ...past[3], startsAt: 40 }]);
  expect(sinceMade(past, 0)).toEqual(past);
  expect(sinceMade([shift(0, 40, null)], 40)).toEqual([]);
  const nobody = { ...shift(0, 40, null), source: 'override' as const };
  expect(sinceMade([nobody], 40)).toEqual([nobody]);
});
