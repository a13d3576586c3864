import type { PointBatch, PointColumns } from '#lib/ports/metric-store/port.ts';
import type { IngestRequest, RefusedItem, WriteOutcome } from './request.ts';
import { type LogRow, nsToMs, type SpanRow } from './span-rows.ts';

const DAY_MS = 86_400_000;

/** How old rows may be, in whole days back from now, and how far ahead of now, in milliseconds. */
export interface RowLimits {
  spanDays: number;
  logDays: number;
  pointDays: number;
  futureMs: number;
}

interface Outcome extends WriteOutcome {
  duplicateSpans: number[];
  refused: RefusedItem[];
}

/** Where a row came from: needed to name it in the outcome. */
interface Origin {
  outcome: Outcome;
  index: number;
  signal: RefusedItem['signal'];
}

/** The rows of a batch that are to be written, and what became of the others. */
export interface AcceptedRows {
  spans: SpanRow[];
  logs: LogRow[];
  points: PointBatch[];
  outcomes: Outcome[];
  /** Notes that a row can't be stored. */
  refuse(row: unknown): void;
  /** Notes that a span is stored already. */
  repeat(row: SpanRow): void;
}

/** Why a row of this time can't be stored; null when it can. */
function refusal(
  timeMs: number,
  days: number,
  limits: RowLimits,
  nowMs: number,
): RefusedItem['reason'] | null {
  if (!Number.isFinite(timeMs)) return 'malformed';
  if (timeMs < nowMs - days * DAY_MS) return 'too_old';
  return timeMs > nowMs + limits.futureMs ? 'in_the_future' : null;
}

/** The points of a request without those that can't be stored; the same object when all can. */
function acceptPoints(
  request: IngestRequest,
  outcome: Outcome,
  limits: RowLimits,
  nowMs: number,
): PointColumns {
  const { points } = request;
  const keep: number[] = [];
  points.timeMs.forEach((timeMs, index) => {
    const reason = refusal(timeMs, limits.pointDays, limits, nowMs);
    if (reason) outcome.refused.push({ signal: 'point', index, reason });
    else keep.push(index);
  });
  if (keep.length === points.timeMs.length) return points;
  const pick = (column: Float64Array) => Float64Array.from(keep, (index) => column[index] ?? 0);
  return {
    seriesId: Int32Array.from(keep, (index) => points.seriesId[index] ?? 0),
    timeMs: pick(points.timeMs),
    startMs: pick(points.startMs),
    value: pick(points.value),
  };
}

/**
 * Decides, before anything is written, which rows of a batch go into the store: not those of requests that
 * lost their claim, not a span that stands twice in the batch, and no row whose time has no partition.
 *
 * @param fresh which requests won their claim
 */
export function acceptRows(
  requests: readonly IngestRequest[],
  fresh: readonly boolean[],
  limits: RowLimits,
  nowMs: number,
): AcceptedRows {
  const origins = new Map<unknown, Origin>();
  const seen = new Set<string>();
  const outcomes: Outcome[] = [];
  const accepted: AcceptedRows = {
    spans: [],
    logs: [],
    points: [],
    outcomes,
    refuse(row) {
      const origin = origins.get(row);
      origin?.outcome.refused.push({ signal: origin.signal, index: origin.index, reason: 'malformed' });
    },
    repeat(row) {
      const origin = origins.get(row);
      origin?.outcome.duplicateSpans.push(origin.index);
    },
  };

  function takeSpans(request: IngestRequest, outcome: Outcome): void {
    request.spans.forEach((owned, index) => {
      const endMs = nsToMs(owned.span.endNs);
      const reason = refusal(endMs, limits.spanDays, limits, nowMs);
      const { traceId, spanId } = owned.span;
      const key = `${Math.floor(endMs / DAY_MS)}${request.teamId}${traceId}${spanId}`;
      if (reason) outcome.refused.push({ signal: 'span', index, reason });
      else if (seen.has(key)) outcome.duplicateSpans.push(index);
      else {
        seen.add(key);
        const row: SpanRow = { ...owned, teamId: request.teamId, resourceId: null };
        origins.set(row, { outcome, index, signal: 'span' });
        accepted.spans.push(row);
      }
    });
  }

  function takeLogs(request: IngestRequest, outcome: Outcome): void {
    request.logs.forEach((owned, index) => {
      const reason = refusal(nsToMs(owned.log.timeNs), limits.logDays, limits, nowMs);
      if (reason) outcome.refused.push({ signal: 'log', index, reason });
      else {
        const row: LogRow = { ...owned, teamId: request.teamId };
        origins.set(row, { outcome, index, signal: 'log' });
        accepted.logs.push(row);
      }
    });
  }

  function takePoints(request: IngestRequest, outcome: Outcome): void {
    const points = acceptPoints(request, outcome, limits, nowMs);
    const histograms = request.histograms.filter((point, index) => {
      const reason = refusal(point.timeMs, limits.pointDays, limits, nowMs);
      if (reason) outcome.refused.push({ signal: 'histogram', index, reason });
      return !reason;
    });
    if (points.timeMs.length + histograms.length === 0) return;
    accepted.points.push({ teamId: request.teamId, points, histograms });
  }

  requests.forEach((request, i) => {
    const outcome: Outcome = { duplicateRequest: !fresh[i], duplicateSpans: [], refused: [] };
    outcomes.push(outcome);
    if (outcome.duplicateRequest) return;
    takeSpans(request, outcome);
    takeLogs(request, outcome);
    takePoints(request, outcome);
  });
  return accepted;
}
