import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashSlots } from './hash-slots.ts';

describe('hash slots', () => {
  it('behave like a Map for any keys of 53 bits, through growth', () => {
    const keys = fc.uniqueArray(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { maxLength: 200 });
    fc.assert(
      fc.property(keys, keys, (added, asked) => {
        const slots = new HashSlots(4);
        const model = new Map(added.map((key, slot) => [key, slot]));
        for (const [key, slot] of model) slots.set(key, slot);
        for (const key of [...added, ...asked]) expect(slots.get(key)).toBe(model.get(key) ?? -1);
        expect(slots.size).toBe(model.size);
      }),
    );
  });

  it('keep keys apart that meet in one place', () => {
    const slots = new HashSlots(4);
    for (let i = 0; i < 50; i++) slots.set(i * 4294967296, i);
    expect(Array.from({ length: 50 }, (_, i) => slots.get(i * 4294967296))).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
  });
});
