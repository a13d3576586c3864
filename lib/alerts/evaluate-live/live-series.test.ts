import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sketch, sketchBin } from '#lib/telemetry/sketch.ts';
import { LiveSeries } from './live-series.ts';

const START = 1_800_000_000_000;
const steps = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 60_000 }),
    runs: fc.integer({ min: 0, max: 9 }),
    durationMs: fc.constantFrom(10, 200, 4000),
  }),
  { maxLength: 60 },
);

test('sums and percentiles of a trailing window are those of its buckets, whatever was asked before', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(10_000, 60_000, 300_000, 900_000), (given, windowMs) => {
      const series = new LiveSeries();
      const seen: { bucket: number; runs: number; bin: number }[] = [];
      let now = START;
      for (const { after, runs, durationMs } of given) {
        now += after;
        const bin = sketchBin(durationMs);
        series.add(now, [runs], runs > 0 ? [bin, runs] : []);
        seen.push({ bucket: Math.floor(now / 10_000), runs, bin });
        const from = Math.floor((now - windowMs) / 10_000) + 1;
        const inside = seen.filter(({ bucket }) => bucket >= from);
        expect(series.sum('requests', windowMs, now)).toBe(
          inside.reduce((sum, entry) => sum + entry.runs, 0),
        );
        const expected = new Sketch();
        for (const entry of inside) if (entry.runs > 0) expected.addToBin(entry.bin, entry.runs);
        expect(series.quantile(0.95, windowMs, now)).toBe(expected.quantile(0.95));
      }
    }),
  );
});

test('what is loaded replaces closed buckets and leaves the others', () => {
  const series = new LiveSeries();
  series.add(START, [1], []);
  series.add(START + 10_000, [2], []);
  series.load(START, [40]);
  expect(series.sum('requests', 60_000, START + 10_000)).toBe(42);
});

test('what is taken back never makes a sum negative', () => {
  const series = new LiveSeries();
  series.add(START, [-3], []);
  expect(series.sum('requests', 60_000, START)).toBe(0);
});

test('of metrics that come and go the ones heard last are remembered, and no more than 2000', () => {
  const series = new LiveSeries();
  for (let i = 0; i < 5000; i++) {
    series.setMetric('steady', i);
    series.setMetric(`passing ${i}`, i);
  }
  expect(series.metrics.size).toBe(2000);
  expect(series.metrics.get('steady')).toBe(4999);
  expect(series.metrics.get('passing 4000')).toBe(4000);
  expect(series.metrics.get('passing 1')).toBeUndefined();
});
