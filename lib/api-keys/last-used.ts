import { inArray } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';

/** How old the shown time of last use may be, milliseconds. */
const FLUSH_MS = 15_000;

/** Collects which keys were used and writes it down in one statement now and then. */
export function createLastUsed(db: Db, clock: Clock, log: Log) {
  let used = new Set<string>();

  async function flush(): Promise<void> {
    if (used.size === 0) return;
    const ids = [...used];
    used = new Set();
    try {
      await db
        .update(apiKeys)
        .set({ lastUsedAt: new Date(clock.now()) })
        .where(inArray(apiKeys.id, ids));
    } catch (error) {
      for (const id of ids) used.add(id);
      log.warn({ err: error }, 'the last use of API keys could not be written');
    }
  }

  const timer = setInterval(() => void flush(), FLUSH_MS).unref();
  return {
    note(keyId: string): void {
      used.add(keyId);
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await flush();
    },
  };
}
