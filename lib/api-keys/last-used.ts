import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';

/** How old the shown time of last use may be, milliseconds. */
const FLUSH_MS = 15_000;

/** Collects which keys were used, and from where, and writes it down in one statement now and then. */
export function createLastUsed(db: Db, clock: Clock, log: Log) {
  let used = new Map<string, string | null>();

  async function flush(): Promise<void> {
    if (used.size === 0) return;
    const uses = used;
    used = new Map();
    const rows = JSON.stringify([...uses].map(([id, ip]) => ({ id, ip })));
    try {
      await db.execute(sql`
        update api_keys k set last_used_at = ${new Date(clock.now()).toISOString()}, last_used_ip = coalesce(u.ip, k.last_used_ip)
        from jsonb_to_recordset(${rows}::text::jsonb) as u (id uuid, ip text) where k.id = u.id`);
    } catch (error) {
      used = new Map([...uses, ...used]);
      log.warn({ err: error }, 'the last use of API keys could not be written');
    }
  }

  const timer = setInterval(() => void flush(), FLUSH_MS).unref();
  return {
    note(keyId: string, ip: string | null): void {
      used.set(keyId, ip);
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await flush();
    },
  };
}
