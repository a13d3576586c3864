import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowStretches } from './window-stretches.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FINEST = NOW - 4 * HOUR;

const window = fc
  .record({ ago: fc.integer({ min: 0, max: 3000 }), length: fc.integer({ min: 1, max: 6000 }) })
  .map(({ ago, length }) => {
    const to = Math.floor(NOW / 10_000) * 10_000 - ago * 10_000;
    return { from: to - length * 10_000, to };
  });

test('the stretches of a window follow each other, on whole rows of their level, over all of it', () => {
  fc.assert(
    fc.property(window, ({ from, to }) => {
      const stretches = windowStretches([{ from, to }], NOW, FINEST);
      stretches.forEach((stretch, i) => {
        const step = stretch.level * 1000;
        expect([stretch.from % step, stretch.to % step]).toEqual([0, 0]);
        if (i > 0) expect(stretch.from).toBe(stretches[i - 1]?.to);
      });
      const isExact = from >= FINEST && to - from <= 12 * HOUR;
      if (isExact) expect([stretches[0]?.from, stretches.at(-1)?.to]).toEqual([from, to]);
    }),
  );
});

test('coarse rows that may not be there yet are not asked for', () => {
  fc.assert(
    fc.property(window, ({ from, to }) => {
      for (const stretch of windowStretches([{ from, to }], NOW, FINEST)) {
        const isOld = from < FINEST;
        if (stretch.level === 60 && !isOld) expect(stretch.to).toBeLessThanOrEqual(NOW - MINUTE);
      }
    }),
  );
});

test('an hour is read from a tenth of the rows that it has', () => {
  const to = NOW - 5 * MINUTE;
  const rows = windowStretches([{ from: to - HOUR, to }], NOW, FINEST).map(
    (stretch) => (stretch.to - stretch.from) / (stretch.level * 1000),
  );
  expect(rows.reduce((a, b) => a + b)).toBeLessThan(75);
});
