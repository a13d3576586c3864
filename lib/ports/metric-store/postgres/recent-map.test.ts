import { expect, test } from 'vitest';
import { manualClock } from '#lib/kernel/clock.ts';
import { RecentMap } from './recent-map.ts';

test('what is read or written stays, what nobody asks for goes, and the size stays with what is in use', () => {
  const clock = manualClock(0);
  const map = new RecentMap<number, string>(1000, () => clock.now());
  map.set(-1, 'always read');
  for (let key = 0; key < 100; key++) {
    map.set(key, 'once');
    expect(map.get(-1)).toBe('always read');
    if (key > 0) expect(map.get(key - 1)).toBe('once');
    clock.advance(500);
    map.forgetOld();
  }
  expect(map.get(50)).toBeUndefined();
  expect(map.size).toBeLessThan(12);
});
