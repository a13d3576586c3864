import type { HistogramPoint, PointColumns } from '#lib/ports/metric-store/port.ts';
import { decodeMetrics } from '#lib/telemetry/decode-metrics.ts';
import type { DecodedMetrics } from '#lib/telemetry/otlp/metric-sink.ts';
import type { RefusedSeries, SeriesDirectory, SeriesTable } from './series.ts';
import { DAY_MS, MAX_FUTURE_MS, type Origin, type Prepared, type PrepareStage, refuse } from './stage.ts';

/** The stage of metrics: decode into columns, resolve series, put the ids of the store in place of hashes. */
export function createMetricsStage(directory: SeriesDirectory): PrepareStage {
  return async ({ request, requestHash, settings, nowMs }) => {
    const { teamId, body, encoding } = request;
    const table = directory.tableOf(teamId, nowMs);
    const decoded = decodeMetrics(body, {
      encoding,
      nowMs,
      maxAgeMs: settings.rawRetentionDays * DAY_MS,
      maxFutureMs: MAX_FUTURE_MS,
      isKnown: (hash) => table.isFresh(hash, nowMs),
    });
    const { refusals } = decoded;
    const items = decoded.points.hash.length + decoded.histograms.length + refusals.count;
    const refused = await directory.learn(teamId, table, decoded.unknown, nowMs);
    const { points, slots } = placePoints(decoded, table, refused, nowMs);
    const { histograms, histogramSlots } = placeHistograms(decoded, table, refused, nowMs);
    return {
      store: { teamId, requestHash, spans: [], logs: [], points, histograms },
      items,
      refusals,
      reattributed: [],
      origins: originsOf(table, [slots, histogramSlots]),
      countLive: (live) => {
        table.live.receiveAt(request.receivedAtMs);
        for (let i = 0; i < slots.length; i++) {
          table.live.observe(slots[i] as number, points.value[i] as number);
        }
        live.metricsChanged(table.live, request.receivedAtMs);
        return live.countSpans([], request.receivedAtMs);
      },
    } satisfies Prepared;
  };
}

/** Counts slots by agent and sender; those of one agent mostly come in a row. */
function originsOf(table: SeriesTable, columns: readonly ArrayLike<number>[]): Origin[] {
  const counts = new Map<number, number>();
  for (const slots of columns) {
    for (let from = 0; from < slots.length; ) {
      const origin = table.originOf(slots[from] as number);
      let to = from + 1;
      while (to < slots.length && table.originOf(slots[to] as number) === origin) to += 1;
      counts.set(origin, (counts.get(origin) ?? 0) + to - from);
      from = to;
    }
  }
  return [...counts].map(([origin, items]) => ({
    ...table.originAt(origin),
    version: null,
    convention: null,
    items,
    unmapped: 0,
    contentDropped: 0,
  }));
}

/** The points of known series as the store wants them, and the slot of each. */
function placePoints(
  { points, refusals, unknown }: DecodedMetrics,
  table: SeriesTable,
  refused: RefusedSeries,
  nowMs: number,
): { points: PointColumns; slots: Int32Array } {
  const length = points.hash.length;
  const slots = new Int32Array(length);
  const seriesId = new Int32Array(length);
  let kept = 0;
  for (let i = 0; i < length; i++) {
    const hash = points.hash[i] as number;
    const slot = table.slotOf(hash, nowMs);
    if (slot === -1) {
      refuse(refusals, refused.get(hash) ?? 'too_many_series', unknown.get(hash)?.serviceName);
      continue;
    }
    slots[kept] = slot;
    seriesId[kept] = table.seriesAt(slot);
    if (kept < i) {
      points.timeMs[kept] = points.timeMs[i] as number;
      points.startMs[kept] = points.startMs[i] as number;
      points.value[kept] = points.value[i] as number;
    }
    kept += 1;
  }
  const { timeMs, startMs, value } = points;
  if (kept === length) return { points: { seriesId, timeMs, startMs, value }, slots };
  return {
    points: {
      seriesId: seriesId.subarray(0, kept),
      timeMs: timeMs.subarray(0, kept),
      startMs: startMs.subarray(0, kept),
      value: value.subarray(0, kept),
    },
    slots: slots.subarray(0, kept),
  };
}

function placeHistograms(
  { histograms, refusals, unknown }: DecodedMetrics,
  table: SeriesTable,
  refused: RefusedSeries,
  nowMs: number,
) {
  const histogramSlots: number[] = [];
  const placed: HistogramPoint[] = [];
  for (const { hash, ...point } of histograms) {
    const slot = table.slotOf(hash, nowMs);
    if (slot === -1) refuse(refusals, refused.get(hash) ?? 'too_many_series', unknown.get(hash)?.serviceName);
    else {
      histogramSlots.push(slot);
      placed.push({ ...point, seriesId: table.seriesAt(slot) });
    }
  }
  return { histograms: placed, histogramSlots };
}
