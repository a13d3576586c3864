import type pg from 'pg';
import type { Log } from '#lib/kernel/log.ts';
import { OWNER_PATIENCE_MS } from '#lib/model/telemetry.ts';
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
/** Spans that wait to be counted, and those that were counted for a service, at most. */
const MAX_WAITING = 50_000;
const MAX_ORPHANS = 50_000;
const PATIENCE_CHECK_MS = 1000;

/** A span that no live value holds yet, because its agent is not known. */
interface Uncounted {
  teamId: string;
  counted: CountedSpan;
  /** Of `performance.now()`. */
  sinceMs: number;
}

/**
 * Gives spans to the agent they belong to once the ancestor that names it has arrived: in the live values they
 * are counted only then, or for their service after a while; in the store they are moved a moment later together
 * with others, with their windows marked to be rolled up again. What a crash loses of it, or came to another process, a worker makes good (settle-waiting-traces.ts).
 */
export function createReattribution(parts: ReattributionParts) {
  /** By team, trace and span; the oldest first. */
  const uncounted = new Map<string, Uncounted>();
  /** Spans counted for a service because nothing better came to be known in time. */
  const orphans = new Map<string, CountedSpan>();
  let queue: Move[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function moveLive(teamId: string, move: Move): void {
    const key = keyOf(teamId, move);
    const waiting = uncounted.get(key)?.counted;
    const orphan = orphans.get(key);
    if (waiting) parts.live.of(teamId).countLate({ ...waiting, agentId: move.agentId });
    else if (orphan) parts.live.of(teamId).move(orphan, move.agentId);
    else return;
    uncounted.delete(key);
    orphans.delete(key);
    parts.live.changed(teamId);
  }

  /** Counts for their services what has waited since then or longer, and what is too much to remember. */
  function countForServices(untilMs: number): void {
    for (const [key, { teamId, counted, sinceMs }] of uncounted) {
      if (sinceMs > untilMs && uncounted.size <= MAX_WAITING) break;
      uncounted.delete(key);
      orphans.set(key, counted);
      if (orphans.size > MAX_ORPHANS) orphans.delete(orphans.keys().next().value as string);
      parts.live.of(teamId).countLate(counted);
      parts.live.changed(teamId);
    }
  }
  const patience = setInterval(
    () => countForServices(performance.now() - OWNER_PATIENCE_MS),
    PATIENCE_CHECK_MS,
  );
  patience.unref();

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
    /**
     * Remembers the spans that live values left out, until they are given to an agent or count for their service.
     *
     * @returns forgets those of them that turned out not to be stored, or to be stored before
     */
    remember(teamId: string, spans: readonly OwnedSpan[]): (lost: readonly CountedSpan[]) => void {
      const added = new Map<CountedSpan, string>();
      for (const owned of spans) {
        const key = keyOf(teamId, owned.span);
        if (!owned.span.awaitsOwner || uncounted.has(key) || orphans.has(key)) continue;
        const counted = { agentId: owned.agentId, span: countedPart(owned.span) };
        uncounted.set(key, { teamId, counted, sinceMs: performance.now() });
        added.set(owned, key);
      }
      if (uncounted.size > MAX_WAITING) countForServices(Number.NEGATIVE_INFINITY);
      return (lost) => {
        for (const owned of lost) uncounted.delete(added.get(owned) ?? '');
      };
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
      clearInterval(patience);
      countForServices(performance.now());
      clearTimeout(timer);
      writing = writing.then(flush);
      await writing;
      clearTimeout(timer);
    },
  };
}

export type SpanReattribution = ReturnType<typeof createReattribution>;

function keyOf(teamId: string, { traceId, spanId }: { traceId: string; spanId: string }): string {
  return `${teamId}${traceId}${spanId}`;
}

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
  awaitsOwner,
}: OwnedSpan['span']) {
  return { operation, isAgentRun, isError, durationMs, usage, costReported, costPriced, awaitsOwner };
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
