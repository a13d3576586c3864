import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { Loop } from '../loop.ts';

interface Dropped {
  teamId: string;
  toSeq: number;
  lastHash: string;
}

interface RetentionTools {
  ledgers(): Promise<readonly string[]>;
  /** Takes the oldest segment of a ledger out of the database, if it is old enough. */
  archiveSegment(teamId: string, nowMs: number): Promise<Dropped | null>;
  /** A head as a signed line. */
  headLine(teamId: string, head: { seq: number; hash: string }, at: Date): string;
  clock: Clock;
  log: Log;
}

/**
 * Takes what is older than the installation keeps out of the audit log, as whole segments that are in a file
 * (security U6). The end of each goes into the log too, signed: it binds the file to what stays. A ledger that cannot
 * be archived keeps its rows and holds up no other.
 */
export function ledgerRetentionLoop(tools: RetentionTools): Loop {
  const { ledgers, archiveSegment, headLine, clock, log } = tools;
  return {
    name: 'ledger-retention',
    intervalMs: 3_600_000,
    timeoutMs: 600_000,
    exclusive: 'one',
    async step(signal) {
      let done = 0;
      for (const teamId of await ledgers()) {
        signal.throwIfAborted();
        try {
          const dropped = await archiveSegment(teamId, clock.now());
          if (!dropped) continue;
          done += 1;
          const head = headLine(
            teamId,
            { seq: dropped.toSeq, hash: dropped.lastHash },
            new Date(clock.now()),
          );
          log.info({ ...dropped, heads: [head] }, 'a segment of the audit log was archived');
        } catch (error) {
          log.error(
            { err: error, teamId },
            'a segment of the audit log could not be archived: its rows stay',
          );
        }
      }
      return { done, more: done > 0 };
    },
  };
}
