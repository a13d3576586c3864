import type { Db } from '#db/client.ts';
import { verifyWhenDue } from '#lib/audit/verify-ledgers.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { Loop } from '../loop.ts';

interface LedgerTools {
  db: Db;
  clock: Clock;
  log: Log;
  /** Told after each step, whoever verified last. */
  report(state: { intact: number; broken: number; atMs: number }): void;
}

/**
 * Verifies the hash chains of the audit log once a night. The heads go into the log too: kept outside of the
 * database they show what was removed from it (security U3).
 */
export function ledgerLoop({ db, clock, log, report }: LedgerTools): Loop {
  return {
    name: 'ledgers',
    intervalMs: 600_000,
    timeoutMs: 3_600_000,
    exclusive: 'one',
    async step(signal) {
      const { fresh, ...state } = await verifyWhenDue(db, clock.now(), signal);
      report(state);
      if (fresh === null) return { done: 0, more: false };
      log.info({ heads: fresh.heads }, 'the audit ledgers were verified');
      if (fresh.broken.length > 0) log.error({ broken: fresh.broken }, 'audit ledgers were tampered with');
      return { done: fresh.heads.length + fresh.broken.length, more: false };
    },
  };
}
