import { describe, expect, it } from 'vitest';
import { createRecentRequests } from './recent-requests.ts';

describe('recent requests', () => {
  it('answers a repeated request like the first, while it is under way and afterwards', async () => {
    const recent = createRecentRequests<number>();
    const stored = Promise.withResolvers<number>();
    let taken = 0;
    const take = (): Promise<number> => {
      taken += 1;
      return stored.promise;
    };
    const first = recent.once('a', take);
    const retry = recent.once('a', take);
    stored.resolve(7);
    expect(await Promise.all([first.answer, retry.answer, recent.once('a', take).answer])).toEqual([7, 7, 7]);
    expect([taken, first.repeated, retry.repeated]).toEqual([1, false, true]);
  });

  it('takes a request again after it failed', async () => {
    const recent = createRecentRequests<string>();
    await expect(recent.once('a', () => Promise.reject(new Error('no'))).answer).rejects.toThrow('no');
    const again = recent.once('a', async () => 'stored');
    expect([again.repeated, await again.answer]).toEqual([false, 'stored']);
  });

  it('remembers a bounded number', () => {
    const recent = createRecentRequests<number>(2);
    for (const id of ['a', 'b', 'c']) recent.once(id, async () => 1);
    expect(recent.once('a', async () => 1).repeated).toBe(false);
    expect(recent.once('c', async () => 1).repeated).toBe(true);
  });
});
