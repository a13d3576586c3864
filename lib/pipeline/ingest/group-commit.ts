/** How the rows of many requests reach the store together. */
export interface GroupCommitOptions<Item, Stored> {
  /** Writes all items in one transaction and resolves after its commit, one result an item. */
  write(items: readonly Item[]): Promise<readonly Stored[]>;
  /** Rows that an item brings, at least 1. */
  rowsOf(item: Item): number;
  /** A flush is closed once it carries this many rows. */
  maxRowsPerFlush: number;
  /** Flushes that may be on their way at the same time. */
  maxFlushes: number;
  /** Rows that must wait before another flush joins one that is on its way: below, fewer and larger ones are cheaper. */
  rowsWorthAnother: number;
  onFlush(ok: boolean, seconds: number, rows: number): void;
}

interface Waiting<Item, Stored> {
  item: Item;
  rows: number;
  resolve(stored: Stored): void;
  reject(error: unknown): void;
}

/**
 * Natural batching: an item is written at once while no flush is on its way, else it waits for the next one
 * together with everything else that came meanwhile. So an idle process answers after one commit, and a
 * busy one makes its commits larger instead of more frequent. Order between requests is not promised.
 */
export function createGroupCommit<Item, Stored>(options: GroupCommitOptions<Item, Stored>) {
  const queue: Waiting<Item, Stored>[] = [];
  let queuedRows = 0;
  let flying = 0;
  let flyingRows = 0;
  let idle: (() => void)[] = [];

  function take(): Waiting<Item, Stored>[] {
    let rows = 0;
    let count = 0;
    while (count < queue.length) {
      const next = (queue[count] as Waiting<Item, Stored>).rows;
      if (count > 0 && rows + next > options.maxRowsPerFlush) break;
      rows += next;
      count += 1;
    }
    queuedRows -= rows;
    return queue.splice(0, count);
  }

  function pump(): void {
    while (queue.length > 0 && mayFly()) void fly(take());
  }

  function mayFly(): boolean {
    return flying === 0 || (flying < options.maxFlushes && queuedRows >= options.rowsWorthAnother);
  }

  async function fly(batch: Waiting<Item, Stored>[]): Promise<void> {
    const rows = rowsIn(batch);
    flying += 1;
    flyingRows += rows;
    await flush(batch, rows);
    flying -= 1;
    flyingRows -= rows;
    pump();
    if (flying > 0) return;
    for (const tell of idle) tell();
    idle = [];
  }

  async function flush(batch: readonly Waiting<Item, Stored>[], rows: number): Promise<void> {
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      const stored = await options.write(batch.map((waiting) => waiting.item));
      options.onFlush(true, seconds(), rows);
      batch.forEach((waiting, index) => {
        waiting.resolve(stored[index] as Stored);
      });
    } catch (error) {
      options.onFlush(false, seconds(), rows);
      for (const waiting of batch) waiting.reject(error);
    }
  }

  return {
    /**
     * Resolves after the commit that carried the item.
     *
     * @throws what the store threw for the whole flush: nothing of it is stored, or nobody knows
     */
    submit(item: Item): Promise<Stored> {
      return new Promise((resolve, reject) => {
        const rows = Math.max(1, options.rowsOf(item));
        queue.push({ item, rows, resolve, reject });
        queuedRows += rows;
        pump();
      });
    },
    /** Rows that are not yet committed. */
    pendingRows: (): number => queuedRows + flyingRows,
    /** Resolves when nothing waits and nothing is on its way. */
    async drained(): Promise<void> {
      if (flying > 0 || queue.length > 0) await new Promise<void>((resolve) => idle.push(resolve));
    },
  };
}

function rowsIn(batch: readonly { rows: number }[]): number {
  return batch.reduce((sum, waiting) => sum + waiting.rows, 0);
}
