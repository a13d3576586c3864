import { describe, expect, it } from 'vitest';
import { manualClock } from '../kernel/clock.ts';
import { createTokenBuckets } from './token-bucket.ts';

const rate = { perSecond: 100, burst: 200 };

describe('token buckets', () => {
  it('admits until the bucket is in debt, then says how long to wait', () => {
    const clock = manualClock(0);
    const buckets = createTokenBuckets(() => rate, clock);
    buckets.charge('key', 200);
    expect(buckets.waitSeconds('key')).toBe(0);
    buckets.charge('key', 250);
    expect(buckets.waitSeconds('key')).toBe(3);
    clock.advance(2_500);
    expect(buckets.waitSeconds('key')).toBe(0);
  });

  it('keeps keys apart and never fills above the burst', () => {
    const clock = manualClock(0);
    const buckets = createTokenBuckets(() => rate, clock);
    buckets.charge('noisy', 1_000);
    clock.advance(1_000);
    expect(buckets.waitSeconds('noisy')).toBe(7);
    expect(buckets.waitSeconds('quiet')).toBe(0);
    clock.advance(3_600_000);
    buckets.charge('noisy', 201);
    expect(buckets.waitSeconds('noisy')).toBe(1);
  });

  it('is not confused by a clock that steps back', () => {
    const clock = manualClock(10_000);
    const buckets = createTokenBuckets(() => rate, clock);
    buckets.charge('key', 300);
    clock.set(0);
    expect(buckets.waitSeconds('key')).toBe(1);
    clock.set(1_000);
    expect(buckets.waitSeconds('key')).toBe(0);
  });
});
