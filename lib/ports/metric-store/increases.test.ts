import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CumulativeSample, sumIncreases } from './increases.ts';

const MINUTE_MS = 60_000;
const sample = (timeMs: number, startMs: number, value: number): CumulativeSample => ({
  timeMs,
  startMs,
  value,
});
const values = (samples: CumulativeSample[], earlier: CumulativeSample[] = []) =>
  sumIncreases(samples, earlier).map((increase) => increase.value);

describe('increases of a cumulative sum', () => {
  const cases: [string, CumulativeSample[], CumulativeSample[], number[]][] = [
    ['follow the sample before the window', [sample(20, 1, 7)], [sample(10, 1, 5)], [2]],
    ['begin at zero for a stream that began just now', [sample(MINUTE_MS, 1, 5)], [], [5]],
    ['begin at nothing for a stream that began long ago', [sample(60 * MINUTE_MS, 1, 5)], [], [0]],
    ['begin at nothing when the sender gives no start', [sample(20, 0, 5), sample(30, 0, 9)], [], [0, 4]],
    [
      'begin at zero again after a restart, however long it runs',
      [sample(90 * MINUTE_MS, 20, 3)],
      [sample(10, 1, 99)],
      [3],
    ],
    ['begin at zero when the value fell', [sample(20, 1, 3)], [sample(10, 1, 99)], [3]],
    [
      'count a sample that was sent twice once',
      [sample(20, 1, 7), sample(20, 1, 7)],
      [sample(10, 1, 5)],
      [2],
    ],
    [
      'are taken in the order of time, not of arrival',
      [sample(30, 1, 9), sample(20, 1, 6)],
      [sample(10, 1, 5)],
      [1, 3],
    ],
    [
      'keep two streams under one identity apart',
      [sample(20, 1, 101), sample(21, 2, 11), sample(22, 1, 102), sample(23, 2, 12)],
      [sample(11, 2, 10), sample(10, 1, 100)],
      [1, 1, 1, 1],
    ],
  ];
  test.each(cases)('%s', (_, samples, earlier, expected) => {
    expect(values(samples, earlier)).toEqual(expected);
  });

  test('add up to what was counted, through any restarts and however the windows are cut', () => {
    const steps = fc.array(fc.record({ add: fc.nat(100), restart: fc.boolean(), cut: fc.boolean() }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(steps, (given) => {
        let [value, startMs, counted] = [0, 1, 0];
        const earlier: CumulativeSample[] = [];
        let window: CumulativeSample[] = [];
        let total = 0;
        const close = () => {
          total += values(window, earlier).reduce((sum, increase) => sum + increase, 0);
          earlier.push(...window);
          window = [];
        };
        given.forEach(({ add, restart, cut }, i) => {
          if (restart) [value, startMs] = [0, i * 1000 + 1];
          value += add;
          counted += add;
          window.push(sample(i * 1000 + 2, startMs, value));
          if (cut) close();
        });
        close();
        expect(total).toBe(counted);
      }),
    );
  });
});
