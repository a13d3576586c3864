import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SKETCH_BINS, Sketch, sketchBin, sketchBinValue } from './sketch.ts';

const inRange = fc.double({ min: 1e-6, max: 1e12, noNaN: true });
const spread = fc.oneof(inRange, fc.double({ min: -14, max: 27, noNaN: true }).map(Math.exp), fc.constant(0));
const samples = fc.array(spread, { minLength: 1, maxLength: 300 });

function sketchOf(values: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

/** The definition that the sketch approximates. */
function exactQuantile(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(quantile * (sorted.length - 1))] ?? Number.NaN;
}

describe('sketch', () => {
  test('telemetry: any quantile is within 2 % of the exact one from 1e-6 to 1e12, and zero is exact', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, quantile) => {
        const exact = exactQuantile(values, quantile);
        const estimate = sketchOf(values).quantile(quantile) ?? Number.NaN;
        const error = exact < 1e-6 ? estimate : Math.abs(estimate / exact - 1);
        expect(error).toBeLessThanOrEqual(exact < 1e-6 ? 0 : 0.02 + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  test('merging equals having added everything to one sketch, in either order', () => {
    fc.assert(
      fc.property(samples, samples, (left, right) => {
        const whole = sketchOf([...left, ...right]).toPairs();
        const merged = sketchOf(left);
        merged.merge(sketchOf(right));
        const other = sketchOf(right);
        other.merge(sketchOf(left));
        expect(merged.toPairs()).toEqual(whole);
        expect(other.toPairs()).toEqual(whole);
      }),
    );
  });

  test('subtracting an earlier state leaves exactly what came later', () => {
    fc.assert(
      fc.property(samples, samples, (earlier, later) => {
        const sketch = sketchOf([...earlier, ...later]);
        sketch.subtract(sketchOf(earlier));
        expect(sketch.toPairs()).toEqual(sketchOf(later).toPairs());
        expect(sketch.count).toBe(later.length);
      }),
    );
  });

  test('subtracting something that is not contained never makes a count negative and keeps the total', () => {
    fc.assert(
      fc.property(samples, samples, (left, right) => {
        const sketch = sketchOf(left);
        sketch.subtract(sketchOf(right));
        const counts = sketch.toPairs().filter((_, i) => i % 2 === 1);
        expect(counts.every((count) => count > 0)).toBe(true);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(sketch.count);
        expect(sketch.count).toBe(Math.max(0, left.length - right.length));
      }),
    );
  });

  test('bytes and pairs read back as the same sketch', () => {
    const pairs = fc
      .uniqueArray(
        fc.tuple(fc.nat({ max: SKETCH_BINS - 1 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
        { selector: ([bin]) => bin },
      )
      .map((list) => list.sort((a, b) => a[0] - b[0]).flat());
    fc.assert(
      fc.property(pairs, (list) => {
        const sketch = Sketch.fromPairs(list);
        expect(Sketch.decode(sketch.encode()).toPairs()).toEqual(list);
        expect(sketch.toPairs()).toEqual(list);
      }),
    );
  });

  test('values out of range stay countable: negative and tiny ones as zero, huge ones in the last bin', () => {
    const sketch = sketchOf([-5, -0, 0, 1e-9, Number.NaN, 1e15, Number.POSITIVE_INFINITY]);
    expect(sketch.count).toBe(6);
    expect(sketch.toPairs()).toEqual([0, 4, SKETCH_BINS - 1, 2]);
    expect(sketchBinValue(sketchBin(-5))).toBe(0);
  });

  test('an empty sketch has no quantile and no bytes', () => {
    expect(new Sketch().quantile(0.5)).toBeNull();
    expect(new Sketch().encode()).toHaveLength(0);
    expect(Sketch.decode(new Uint8Array()).count).toBe(0);
  });

  test('broken bytes are refused and broken pairs left out', () => {
    expect(() => Sketch.decode(Uint8Array.of(3))).toThrow(RangeError);
    expect(() => Sketch.decode(Uint8Array.of(0xff, 0xff, 0x7f, 1))).toThrow(RangeError);
    expect(Sketch.fromPairs([5, 2, -1, 3, 1e9, 1, 7, Number.NaN, 8, -2, 9]).toPairs()).toEqual([5, 2]);
  });
});
