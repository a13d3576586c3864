import type pg from 'pg';
import type { CopyWriter } from '#db/copy-writer.ts';
import { createPartitions, type Partitions } from '#db/partitions.ts';
import { copyIn } from '#db/telemetry-pool.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';
import { copyCarefully, findStoredSpans } from './carefully.ts';
import { claimRequests, dayOf } from './claims.ts';
import { storeFailure } from './errors.ts';
import { type AcceptedRows, acceptRows, type RowLimits } from './intake.ts';
import type { BatchStore, IngestRequest, WriteOutcome } from './request.ts';
import { createResourceResolver } from './resources.ts';
import { encodeLogs, encodeSpans, LOGS_TARGET, nsToMs, SPANS_TARGET } from './span-rows.ts';
import { noteWaitingTraces } from './waiting-traces.ts';

export interface BatchStoreOptions {
  pool: pg.Pool;
  metricStore: Pick<MetricStore<pg.ClientBase>, 'append' | 'markChanged'>;
  clock: Clock;
  /** Rows outside these ages are refused: there is no partition for them. */
  limits?: RowLimits;
}

const DAY_MS = 86_400_000;
const DEFAULT_LIMITS: RowLimits = { spanDays: 14, logDays: 7, pointDays: 30, futureMs: 3_600_000 };
/** Attempts at one batch before the sender is asked to come again. */
const MAX_ATTEMPTS = 5;

/**
 * The durable store of ingest: one transaction a batch. The plain way is to COPY everything and to trust
 * the senders; only when PostgreSQL refuses a row is the batch written again the careful way, which finds
 * the spans that were stored before and the rows that can't be stored, and leaves out just these.
 */
export function createBatchStore(options: BatchStoreOptions): BatchStore {
  const { pool, metricStore, clock } = options;
  const partitions = createPartitions(pool);
  const resolveResources = createResourceResolver(pool);
  const limits = options.limits ?? DEFAULT_LIMITS;

  async function store(tx: pg.ClientBase, requests: readonly IngestRequest[], careful: boolean) {
    const nowMs = clock.now();
    const fresh = await claimRequests(tx, requests, nowMs);
    const accepted = acceptRows(requests, fresh, limits, nowMs);
    await ensurePartitions(partitions, accepted);
    await attachResources(accepted);
    if (careful) await leaveOutStoredSpans(tx, accepted);
    const copy = careful ? copyCarefully : copyPlainly;
    await copy(tx, SPANS_TARGET, accepted.spans, encodeSpans, accepted.refuse);
    await noteWaitingTraces(tx, accepted.spans, nowMs);
    await copy(tx, LOGS_TARGET, accepted.logs, encodeLogs, accepted.refuse);
    await metricStore.append(tx, accepted.points);
    await metricStore.markChanged(tx, changedTimes(accepted));
    return accepted.outcomes;
  }

  async function attachResources({ spans }: AcceptedRows): Promise<void> {
    const byTeam = Map.groupBy(spans, (row) => row.teamId);
    for (const [teamId, rows] of byTeam) {
      const ids = await resolveResources(
        teamId,
        rows.map((row) => row.span),
      );
      rows.forEach((row, i) => {
        row.resourceId = ids[i] ?? null;
      });
    }
  }

  async function attempt(requests: readonly IngestRequest[], careful: boolean): Promise<WriteOutcome[]> {
    const tx = await pool.connect();
    let broken = false;
    try {
      await tx.query('begin');
      const outcomes = await store(tx, requests, careful);
      await tx.query('commit');
      return outcomes;
    } catch (error) {
      await tx.query('rollback').catch(() => {
        broken = true;
      });
      throw error;
    } finally {
      tx.release(broken);
    }
  }

  return {
    async write(requests) {
      if (requests.length === 0) return [];
      let careful = false;
      for (let attempts = 1; ; attempts++) {
        try {
          await partitions.ensure('request_claims', [clock.now(), clock.now() - DAY_MS]);
          return await attempt(requests, careful);
        } catch (error) {
          const failure = storeFailure(error);
          if (failure === 'unavailable' || attempts === MAX_ATTEMPTS) throw unavailable(error);
          if (failure === 'missing-partition') partitions.forget();
          if (failure === 'row') careful = true;
        }
      }
    },
  };
}

async function copyPlainly<Row>(
  tx: pg.ClientBase,
  target: string,
  rows: readonly Row[],
  encode: (rows: readonly Row[]) => CopyWriter,
): Promise<void> {
  if (rows.length > 0) await copyIn(tx, target, encode(rows));
}

function unavailable(cause: unknown): AppError {
  return new AppError('unavailable', 'The store did not take the data; send it again.', {
    retryAfterSeconds: 2,
    cause,
  });
}

async function ensurePartitions(partitions: Partitions, { spans, logs }: AcceptedRows): Promise<void> {
  await partitions.ensure(
    'spans',
    spans.map((row) => nsToMs(row.span.endNs)),
  );
  await partitions.ensure(
    'logs',
    logs.map((row) => nsToMs(row.log.timeNs)),
  );
}

/** Takes out the spans whose ids are in the table already. */
async function leaveOutStoredSpans(tx: pg.ClientBase, accepted: AcceptedRows): Promise<void> {
  const stored = await findStoredSpans(
    tx,
    accepted.spans.map(({ span, teamId }) => ({
      teamId,
      traceId: span.traceId,
      spanId: span.spanId,
      day: dayOf(nsToMs(span.endNs)),
    })),
  );
  accepted.spans = accepted.spans.filter((row, i) => {
    if (stored.has(i)) accepted.repeat(row);
    return !stored.has(i);
  });
}

/** The times whose windows must be rolled up: when spans ended and when points were taken. */
function changedTimes({ spans, points }: AcceptedRows) {
  const times = new Map<string, number[]>();
  const of = (teamId: string): number[] => {
    const list = times.get(teamId) ?? [];
    times.set(teamId, list);
    return list;
  };
  for (const row of spans) of(row.teamId).push(nsToMs(row.span.endNs));
  const changed: { teamId: string; timesMs: Iterable<number> }[] = [];
  for (const [teamId, timesMs] of times) changed.push({ teamId, timesMs });
  for (const batch of points) {
    changed.push({ teamId: batch.teamId, timesMs: batch.points.timeMs });
    changed.push({ teamId: batch.teamId, timesMs: batch.histograms.map((point) => point.timeMs) });
  }
  return changed;
}
