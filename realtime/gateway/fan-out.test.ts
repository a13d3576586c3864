import { expect, it } from 'vitest';
import { tickMs } from './fan-out.ts';

it('performance P2: ticks each 100 ms for up to 200 viewers, 250 ms for up to 1000, then each second', () => {
  expect([0, 200, 201, 1000, 1001, 10_000].map(tickMs)).toEqual([100, 100, 250, 250, 1000, 1000]);
});
