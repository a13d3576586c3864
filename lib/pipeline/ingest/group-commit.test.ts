import { describe, expect, it } from 'vitest';
import { createGroupCommit } from './group-commit.ts';

/** A store whose commits end when the test says so. */
function slowStore() {
  const flushes: { items: readonly number[]; end: PromiseWithResolvers<void> }[] = [];
  return {
    flushes,
    write: async (items: readonly number[]) => {
      const end = Promise.withResolvers<void>();
      flushes.push({ items, end });
      await end.promise;
      return items.map((item) => item * 10);
    },
  };
}

const base = {
  rowsOf: () => 1,
  maxRowsPerFlush: 3,
  maxFlushes: 1,
  rowsWorthAnother: 1,
  onFlush: () => {},
};

describe('group commit', () => {
  it('writes the first item at once and everything that came meanwhile in the next flush', async () => {
    const store = slowStore();
    const commit = createGroupCommit({ ...base, write: store.write });
    const answers = [1, 2, 3].map((item) => commit.submit(item));
    expect(store.flushes.map((flush) => flush.items)).toEqual([[1]]);
    store.flushes[0]!.end.resolve();
    expect(await answers[0]).toBe(10);
    await Promise.resolve();
    expect(store.flushes[1]?.items).toEqual([2, 3]);
    store.flushes[1]!.end.resolve();
    expect(await Promise.all(answers)).toEqual([10, 20, 30]);
  });

  it('performance P1: a flush joins one that is on its way only when enough rows wait for it', async () => {
    const store = slowStore();
    const commit = createGroupCommit({ ...base, maxFlushes: 2, rowsWorthAnother: 3, write: store.write });
    for (const item of [1, 2, 3]) void commit.submit(item);
    expect(store.flushes.map((flush) => flush.items)).toEqual([[1]]);
    void commit.submit(4);
    expect(store.flushes.map((flush) => flush.items)).toEqual([[1], [2, 3, 4]]);
    for (const { end } of store.flushes) end.resolve();
    await commit.drained();
  });

  it('closes a flush at its row limit but never starves an item that is larger than it', async () => {
    const seen: (readonly number[])[] = [];
    const commit = createGroupCommit({
      ...base,
      rowsOf: (item: number) => item,
      write: async (items: readonly number[]) => {
        seen.push(items);
        return items;
      },
    });
    await Promise.all([1, 2, 2, 9, 1].map((item) => commit.submit(item)));
    expect(seen).toEqual([[1], [2], [2], [9], [1]]);
    expect(commit.pendingRows()).toBe(0);
  });

  it('answers nobody before the commit and everybody of a lost flush with its error', async () => {
    const store = slowStore();
    const commit = createGroupCommit({ ...base, write: store.write });
    const answers = [1, 2].map((item) => commit.submit(item));
    store.flushes[0]!.end.reject(new Error('connection lost'));
    await expect(answers[0]).rejects.toThrow('connection lost');
    await Promise.resolve();
    store.flushes[1]!.end.resolve();
    expect(await answers[1]).toBe(20);
  });

  it('is drained only when the last commit has ended', async () => {
    const store = slowStore();
    const commit = createGroupCommit({ ...base, write: store.write });
    const answer = commit.submit(1);
    let drained = false;
    const done = commit.drained().then(() => {
      drained = true;
    });
    await Promise.resolve();
    expect(drained).toBe(false);
    store.flushes[0]!.end.resolve();
    await answer;
    await done;
    expect(commit.pendingRows()).toBe(0);
  });
});
