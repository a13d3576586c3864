import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WINDOW_COLUMNS } from '#lib/model/live.ts';
import { sketchBin } from '#lib/telemetry/sketch.ts';
import { Activity, type Counts } from './activity.ts';

const START = 1_700_000_000_000;
const one: Counts = {
  requests: 1,
  errors: 0,
  inputTokens: 10,
  outputTokens: 5,
  costMicros: 7,
  modelCalls: 2,
  toolCalls: 3,
  unpricedCalls: 1,
};
const at = (values: readonly number[], name: (typeof WINDOW_COLUMNS)[number]) =>
  values[WINDOW_COLUMNS.indexOf(name)];

describe('activity', () => {
  it('sums exactly what was counted in the trailing minute and the trailing 10 s', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 8000 }), fc.integer({ min: 0, max: 50 })), {
          maxLength: 60,
        }),
        (steps) => {
          const activity = new Activity();
          const counted: { second: number; requests: number }[] = [];
          let nowMs = START;
          for (const [stepMs, requests] of steps) {
            nowMs += stepMs;
            activity.add(nowMs, { ...one, requests }, []);
            counted.push({ second: Math.floor(nowMs / 1000), requests });
            const since = (seconds: number) =>
              counted
                .filter(({ second }) => second > Math.floor(nowMs / 1000) - seconds)
                .reduce((sum, entry) => sum + entry.requests, 0);
            expect(at(activity.minute(nowMs), 'requests')).toBe(since(60));
            expect(at(activity.head(nowMs), 'requests')).toBe(since(10));
          }
        },
      ),
    );
  });

  it('never shows less than nothing when what is taken back outlives what it was taken from', () => {
    const activity = new Activity();
    activity.add(START, one, []);
    activity.add(START + 30_000, { ...one, requests: 0, inputTokens: -10, modelCalls: -2 }, []);
    expect(at(activity.minute(START + 30_000), 'inputTokens')).toBe(0);
    expect(at(activity.minute(START + 75_000), 'inputTokens')).toBe(0);
    expect(at(activity.minute(START + 75_000), 'modelCalls')).toBe(0);
  });

  it('hands out each window once when it closed, and what was counted is in exactly one of them', () => {
    const activity = new Activity();
    const closed: number[][] = [];
    for (let second = 0; second < 120; second++) {
      activity.add(START + second * 1000, one, []);
      closed.push(...activity.close(START + second * 1000));
    }
    closed.push(...activity.close(START + 200_000));
    expect(closed.map(([start]) => start)).toEqual(Array.from({ length: 12 }, (_, i) => START + i * 10_000));
    expect(closed.every(([, requests]) => requests === 10)).toBe(true);
  });

  it('keeps windows without data missing, and percentiles after their sketch was let go', () => {
    const activity = new Activity();
    activity.add(START, one, [sketchBin(100), 1]);
    activity.add(START + 60_000, one, []);
    activity.close(START + 300_000);
    const tail = activity.tail(START + 300_000);
    expect(tail.starts).toEqual([START, START + 60_000]);
    const p95 = tail.columns[WINDOW_COLUMNS.indexOf('p95')] ?? [];
    expect(p95[0]).toBeCloseTo(100, -1);
    expect(p95[1]).toBe(-1);
  });

  it('forgets what is older than fifteen minutes', () => {
    const activity = new Activity();
    for (let minute = 0; minute < 60; minute++) {
      activity.add(START + minute * 60_000, one, []);
      activity.close(START + minute * 60_000);
    }
    expect(activity.tail(START + 3_600_000).starts.length).toBeLessThanOrEqual(16);
    activity.close(START + 3_600_000 + 16 * 60_000);
    expect(activity.isEmpty).toBe(true);
  });

  it('takes the percentiles of the trailing minute from all its windows', () => {
    const activity = new Activity();
    for (let i = 0; i < 50; i++) activity.add(START + i * 1000, one, [sketchBin(i < 25 ? 100 : 900), 1]);
    const minute = activity.minute(START + 50_000);
    expect(at(minute, 'p50')).toBeLessThan(110);
    expect(at(minute, 'p95')).toBeGreaterThan(850);
    expect(at(activity.head(START + 120_000), 'p95')).toBe(-1);
  });

  it('takes the store’s word for closed windows and keeps its own for the others', () => {
    const activity = new Activity();
    activity.add(START, one, []);
    activity.add(START + 20_000, one, []);
    const columns = WINDOW_COLUMNS.map((name) => [
      name === 'requests' ? 99 : 0,
      name === 'requests' ? 98 : 0,
    ]);
    activity.load({ starts: [START - 10_000, START], columns });
    const tail = activity.tail(START + 60_000);
    expect(tail.starts).toEqual([START - 10_000, START, START + 20_000]);
    expect(tail.columns[0]).toEqual([99, 98, 1]);
  });
});
