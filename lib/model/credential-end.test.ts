import { expect, test } from 'vitest';
import { timeLeft } from './credential-end.ts';

test('what ends by itself says how many days are left, and warns from the fourteenth day before on', () => {
  const left = (days: number) => timeLeft(days * 86_400_000, 0);
  expect(left(365)).toEqual({ words: '365 days left', isSoon: false });
  expect(left(14.01)).toEqual({ words: '15 days left', isSoon: false });
  expect(left(14)).toEqual({ words: '14 days left', isSoon: true });
  expect(left(0.2)).toEqual({ words: '1 day left', isSoon: true });
  expect(left(-1)).toEqual({ words: '0 days left', isSoon: true });
});
