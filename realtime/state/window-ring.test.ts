import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WINDOW_COLUMNS } from '#lib/model/live.ts';
import { WindowRing } from './window-ring.ts';

const row = (startMs: number): number[] => [startMs, ...WINDOW_COLUMNS.map((_, i) => startMs + i)];

it('keeps the newest windows in order, like a list from which the oldest fall out', () => {
  const act = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ dropBefore: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ replace: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 9 }) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const ring = new WindowRing(7);
      let list: number[] = [];
      for (const one of acts) {
        if ('push' in one) {
          const startMs = (list.at(-1) ?? 0) + one.push;
          ring.push(row(startMs));
          list = [...list, startMs].slice(-7);
        } else if ('dropBefore' in one) {
          ring.dropBefore(one.dropBefore);
          list = list.filter((startMs) => startMs >= one.dropBefore);
        } else {
          const starts = one.replace.toSorted((a, b) => a - b);
          ring.replace(starts.map(row));
          list = starts.slice(-7);
        }
        expect(ring.rows()).toEqual(list.map(row));
        expect([ring.length, ring.newestMs]).toEqual([list.length, list.at(-1) ?? 0]);
      }
    }),
  );
});
