import { describe, expect, it } from 'vitest';
import { createAdmission } from './admission.ts';

describe('admission', () => {
  it('slows callers down at half a full buffer and takes nothing at a full one', () => {
    let pending = 0;
    const admit = createAdmission({
      maxBufferedItems: 100,
      pendingItems: () => pending,
      waitSeconds: () => 0,
    });
    const answer = (items: number): unknown => {
      pending = items;
      try {
        admit('key');
        return 'admitted';
      } catch (error) {
        return error;
      }
    };
    expect(answer(49)).toBe('admitted');
    expect(answer(50)).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 });
    expect(answer(100)).toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
  });

  it('lets a caller over its own rate wait for as long as its debt takes', () => {
    const waitSeconds = (caller: string): number => (caller === 'noisy' ? 7 : 0);
    const admit = createAdmission({ maxBufferedItems: 100, pendingItems: () => 0, waitSeconds });
    expect(() => admit('quiet')).not.toThrow();
    expect(() => admit('noisy')).toThrow(expect.objectContaining({ retryAfterSeconds: 7 }));
  });
});
