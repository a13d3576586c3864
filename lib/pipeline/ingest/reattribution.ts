import type pg from 'pg';
import type { Log } from '#lib/kernel/log.ts';
import type { CountedSpan } from '#lib/pipeline/live/live-accumulator.ts';
import type { OwnedSpan } from '#lib/pipeline/store/request.ts';
import { moveSpans } from '#lib/pipeline/store/span-moves.ts';
import { nsToMs } from '#lib/pipeline/store/span-rows.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';
import type { Reattribution } from '#lib/telemetry/trace-position.ts';
import type { AgentDirectory, HeardAgent } from './agents.ts';
import type { LivePublisher } from './live-publisher.ts';

/** Exporters send children before their parents, so that a child may be counted before its agent is known. */
export interface ReattributionParts {
  pool: pg.Pool;
  metricStore: Pick<MetricStore<pg.ClientBase>, 'markChanged'>;
  agents: AgentDirectory;
  live: LivePublisher;
  log: Log;
}

interface Move extends Reattribution {
  teamId: string;
  agentId: string;
  attempts: number;
}

const FLUSH_MS = 250;
/** A child may be on its way into the store yet when its parent comes: it is looked for again this often. */
const MAX_ATTEMPTS = 20;
const MAX_QUEUED = 50_000;
const MAX_ORPHANS = 50_000;

/**
 * Moves spans to the agent they belong to once the ancestor that names it has arrived: in the live values
 * at once, in the store a moment later together with others, with their windows marked to be rolled up
 * again. What a crash loses of it, or came to another process, a worker makes good (settle-waiting-traces.ts).
 */
export function createReattribution(parts: ReattributionParts) {
  /** Spans counted for a service because nothing better was known. */
  const orphans = new Map<string, CountedSpan>();
  let queue: Move[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function moveLive(teamId: string, move: Move): void {
    const key = `${teamId}${move.traceId}${move.spanId}`;
    const counted = orphans.get(key);
    if (counted === undefined) return;
    orphans.delete(key);
    parts.live.of(teamId).move(counted, move.agentId);
    parts.live.changed(teamId);
  }

  async function flush(): Promise<void> {
    timer = undefined;
    const due = queue;
    queue = [];
    try {
      const byTeam = Map.groupBy(due, (move) => move.teamId);
      for (const [teamId, moves] of byTeam) await store(parts, teamId, moves);
    } catch (error) {
      parts.log.warn({ err: error, spans: due.length }, 'spans could not be moved to their agent yet');
    }
    for (const move of due) if (move.attempts > 0) enqueue(move);
  }

  function enqueue(move: Move): void {
    if (queue.length < MAX_QUEUED) queue.push(move);
    timer ??= setTimeout(() => {
      writing = writing.then(flush);
    }, FLUSH_MS);
  }

  return {
    name: 'reattribution',
    /** Remembers counted spans that may turn out to belong to another agent. */
    remember(teamId: string, spans: readonly OwnedSpan[]): void {
      for (const { agentId, span } of spans) {
        if (span.parentSpanId === null || span.ownerSource === 'own' || span.ownerSource === 'ancestor')
          continue;
        orphans.set(`${teamId}${span.traceId}${span.spanId}`, { agentId, span: countedPart(span) });
        if (orphans.size > MAX_ORPHANS) orphans.delete(orphans.keys().next().value as string);
      }
    },
    /** Moves spans of earlier requests to their agents; a failure is logged, because the request itself is stored. */
    async apply(teamId: string, found: readonly Reattribution[]): Promise<void> {
      if (found.length === 0) return;
      try {
        const owners = await parts.agents.resolve(teamId, found.map(targetOf));
        found.forEach((reattribution, index) => {
          const agentId = owners[index] ?? null;
          if (agentId === null) return;
          const move = { ...reattribution, teamId, agentId, attempts: MAX_ATTEMPTS };
          moveLive(teamId, move);
          enqueue(move);
        });
      } catch (error) {
        parts.log.warn({ err: error, spans: found.length }, 'the agents of spans could not be found');
      }
    },
    /** Writes what is left. */
    async stop(): Promise<void> {
      clearTimeout(timer);
      writing = writing.then(flush);
      await writing;
      clearTimeout(timer);
    },
  };
}

export type SpanReattribution = ReturnType<typeof createReattribution>;

function targetOf({ environment, serviceNamespace, toAgent }: Reattribution): HeardAgent {
  return { environment, serviceNamespace, name: toAgent, version: null, convention: null };
}

/** The little of a span that counting needs; the rest is free to be collected. */
function countedPart({
  operation,
  isAgentRun,
  isError,
  durationMs,
  usage,
  costReported,
  costPriced,
}: OwnedSpan['span']) {
  return { operation, isAgentRun, isError, durationMs, usage, costReported, costPriced };
}

/** Updates the rows of one team; `attempts` becomes 0 for those that were found. */
async function store(parts: ReattributionParts, teamId: string, moves: readonly Move[]): Promise<void> {
  const tx = await parts.pool.connect();
  try {
    await tx.query('begin');
    const moved = await moveSpans(
      tx,
      parts.metricStore,
      teamId,
      moves.map((move) => ({ ...move, endMs: nsToMs(move.endNs) })),
    );
    await tx.query('commit');
    for (const move of moves) move.attempts = moved.has(move.traceId + move.spanId) ? 0 : move.attempts - 1;
  } catch (error) {
    await tx.query('rollback').catch(() => {});
    for (const move of moves) move.attempts -= 1;
    throw error;
  } finally {
    tx.release();
  }
}
