import type pg from 'pg';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { RefusalReason } from '#lib/model/telemetry.ts';
import type { WriteOutcome } from '#lib/pipeline/store/request.ts';
import type { ExportRequest } from './contract.ts';
import { type Prepared, REFUSED_IN_WORDS } from './stage.ts';

/** When an agent was last heard of, and what its telemetry says about it. */
export interface AgentTouch {
  agentId: string;
  lastTelemetryMs: number;
  version: string | null;
  convention: string | null;
}

export interface ReceiverBookParts {
  pool: pg.Pool;
  clock: Clock;
  log: Log;
  /** Writes down when agents were heard. */
  touch(touches: readonly AgentTouch[]): Promise<void>;
  /** Writes down that telemetry can be taken, after what was heard until then. */
  noteReception(): Promise<void>;
}

/** One line of the table `sender_stats`, not yet written. */
interface Line {
  teamId: string;
  sender: string;
  signal: string;
  outcome: string;
  detail: string;
  count: number;
}

const FLUSH_MS = 5_000;
/** Senders of one team with lines of their own; further ones share `__other__`. */
const MAX_SENDERS = 500;
const MAX_NAME = 200;
const DAY_MS = 86_400_000;

/**
 * The receiver's book: what each sender had accepted and refused, when each agent was heard, and when anybody
 * could be. Kept in memory and written every few seconds; a crash loses the last of these, never telemetry.
 */
export function createReceiverBook(parts: ReceiverBookParts) {
  let lines = new Map<string, Line>();
  let touches = new Map<string, AgentTouch>();
  let senders = new Map<string, Set<string>>();
  let day = 0;
  let writing: Promise<void> = Promise.resolve();

  function senderLine(teamId: string, sender: string): string {
    const known = senders.get(teamId) ?? new Set();
    senders.set(teamId, known);
    if (known.has(sender)) return sender;
    if (known.size >= MAX_SENDERS) return '__other__';
    known.add(sender);
    return sender;
  }

  function add(line: Line): void {
    if (line.count === 0) return;
    const key = `${line.teamId} ${line.sender}\u0000${line.signal} ${line.outcome} ${line.detail}`;
    const known = lines.get(key);
    if (known === undefined) lines.set(key, line);
    else known.count += line.count;
  }

  async function write(): Promise<void> {
    const dueLines = [...lines.values()];
    const dueTouches = [...touches.values()];
    lines = new Map();
    touches = new Map();
    try {
      await parts.touch(dueTouches);
      await writeLines(parts.pool, dueLines, new Date(parts.clock.now()));
      await parts.noteReception();
    } catch (error) {
      parts.log.warn({ err: error }, 'the receiver book could not be written');
      for (const touch of dueTouches) if (!touches.has(touch.agentId)) touches.set(touch.agentId, touch);
      for (const line of dueLines) add(line);
    }
  }

  function flush(): Promise<void> {
    const today = Math.floor(parts.clock.now() / DAY_MS);
    if (today !== day) senders = new Map();
    day = today;
    writing = writing.then(write);
    return writing;
  }

  const timer = setInterval(() => void flush(), FLUSH_MS).unref();

  return {
    name: 'receiver book',
    /** Notes one stored request; null for one of which nothing was left to store. */
    note(
      { teamId, signal, receivedAtMs }: ExportRequest,
      prepared: Prepared,
      stored: WriteOutcome | null,
    ): void {
      const outcome = stored?.duplicateRequest === true ? 'duplicate' : 'accepted';
      for (const origin of prepared.origins) {
        const { agentId, version, convention, items, unmapped, contentDropped } = origin;
        const sender = senderLine(teamId, origin.sender.slice(0, MAX_NAME));
        add({ teamId, sender, signal, outcome, detail: convention ?? '', count: items });
        add({ teamId, sender, signal, outcome: 'unmapped', detail: convention ?? '', count: unmapped });
        add({ teamId, sender, signal, outcome: 'content_dropped', detail: '', count: contentDropped });
        if (agentId !== null) {
          touches.set(agentId, { agentId, lastTelemetryMs: receivedAtMs, version, convention });
        }
      }
      const refused = prepared.refusals.sender ?? prepared.origins[0]?.sender ?? 'unknown_service';
      const sender = senderLine(teamId, refused.slice(0, MAX_NAME));
      for (const [reason, count] of Object.entries(prepared.refusals.byReason)) {
        const detail = REFUSED_IN_WORDS[reason as RefusalReason];
        add({ teamId, sender, signal, outcome: reason, detail, count });
      }
    },
    /** Writes what is left. */
    stop(): Promise<void> {
      clearInterval(timer);
      return flush();
    },
  };
}

/** Adds to the lines of the day, in one order everywhere so that writers never wait in a circle. */
async function writeLines(pool: pg.Pool, lines: readonly Line[], now: Date): Promise<void> {
  if (lines.length === 0) return;
  await pool.query(
    `insert into sender_stats as s (team_id, day, sender, signal, outcome, detail, count, last_at)
     select l.team_id, $1::date, l.sender, l.signal, l.outcome, l.detail, l.count, $2
     from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
          as l (team_id, sender, signal, outcome, detail, count)
     where exists (select from teams t where t.id = l.team_id)
     order by 1, 3, 4, 5, 6
     on conflict (team_id, day, sender, signal, outcome, detail)
     do update set count = s.count + excluded.count, last_at = excluded.last_at`,
    [
      now.toISOString().slice(0, 10),
      now,
      lines.map((line) => line.teamId),
      lines.map((line) => line.sender),
      lines.map((line) => line.signal),
      lines.map((line) => line.outcome),
      lines.map((line) => line.detail),
      lines.map((line) => line.count),
    ],
  );
}
