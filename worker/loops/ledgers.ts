import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { Loop } from '../loop.ts';

interface LedgerState {
  intact: number;
  broken: number;
  atMs: number;
}

interface Head {
  teamId: string;
  seq: number;
  hash: string;
}

interface LedgerTools {
  /** Verifies the ledgers if it is time; `fresh` is what this call found. */
  verifyLedgers(
    nowMs: number,
    signal: AbortSignal,
  ): Promise<LedgerState & { fresh: { heads: readonly Head[]; broken: readonly unknown[] } | null }>;
  /** A head as a signed line. */
  headLine(teamId: string, head: Head, at: Date): string;
  clock: Clock;
  log: Log;
  /** Told after each step, whoever verified last. */
  report(state: LedgerState): void;
}

/**
 * Verifies the hash chains of the audit log once a night. The heads go into the log too, as signed lines:
 * kept outside of the database they show what was removed from it (security U3).
 */
export function ledgerLoop({ verifyLedgers, headLine, clock, log, report }: LedgerTools): Loop {
  return {
    name: 'ledgers',
    intervalMs: 600_000,
    timeoutMs: 3_600_000,
    exclusive: 'one',
    async step(signal) {
      const { fresh, ...state } = await verifyLedgers(clock.now(), signal);
      report(state);
      if (fresh === null) return { done: 0, more: false };
      const at = new Date(clock.now());
      const heads = fresh.heads.map((head) => headLine(head.teamId, head, at));
      log.info({ heads }, 'the audit ledgers were verified');
      if (fresh.broken.length > 0) log.error({ broken: fresh.broken }, 'audit ledgers were tampered with');
      return { done: fresh.heads.length + fresh.broken.length, more: false };
    },
  };
}
