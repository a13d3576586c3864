import type pg from 'pg';
import { CopyWriter } from '#db/copy-writer.ts';
import type { Partitions } from '#db/partitions.ts';
import { copyIn } from '#db/telemetry-pool.ts';
import type { HistogramPoint, PointBatch, PointColumns } from '../port.ts';
import { MAX_SET_WIDTH, type MetricSet, type MetricSets } from './metric-sets.ts';
import type { SeriesCatalog, StreamInfo } from './series-catalog.ts';

/** Bytes that one value takes in a row on the wire, and a row besides: what a writer reserves. */
const BYTES_PER_VALUE = 14;
const BYTES_PER_ROW = 60;

/** Starts outside of these years say nothing; the sender does not know it either. */
const isTime = (startMs: number | null): startMs is number =>
  startMs !== null && startMs > 0 && startMs < Date.UTC(2200, 0);

const NO_VALUES = new Float64Array(0);

/** Writes wide rows: the values of one agent's report at one time become one row. */
export function createAppender(catalog: SeriesCatalog, sets: MetricSets, partitions: Partitions) {
  let values = NO_VALUES;
  let starts = NO_VALUES;

  /** End of the report that begins at point `from`: same agent, same time. */
  function endOfReport({ timeMs }: PointColumns, streams: readonly StreamInfo[], from: number): number {
    const agentId = streams[from]?.agentId;
    const limit = Math.min(streams.length, from + MAX_SET_WIDTH);
    let to = from + 1;
    while (to < limit && timeMs[to] === timeMs[from] && streams[to]?.agentId === agentId) to += 1;
    return to;
  }

  /** Moves a report into the columns of its row; values of one stream at one time add up, but a gauge's last one counts. */
  function fold(points: PointColumns, from: number, set: MetricSet): void {
    values.fill(Number.NaN, 0, set.width);
    for (let i = 0; i < set.asked.length; i++) {
      const slot = set.slots ? (set.slots[i] ?? 0) : i;
      const value = points.value[from + i] ?? Number.NaN;
      const isGauge = set.gauges[i] === 1;
      const before = values[slot] ?? Number.NaN;
      values[slot] = isGauge || Number.isNaN(before) ? value : before + value;
      // Gauges have no start: they never keep a row from having one for all.
      starts[slot] = isGauge ? -1 : (points.startMs[from + i] ?? 0);
    }
  }

  /** The start that holds for all values of the row, or null when they differ. */
  function commonStart(width: number): number | null {
    let common = -1;
    for (let i = 0; i < width; i++) {
      const start = starts[i] ?? -1;
      if (start === -1) continue;
      if (common !== -1 && start !== common) return null;
      common = start;
    }
    return Math.max(0, common);
  }

  function writeRow(writer: CopyWriter, points: PointColumns, from: number, set: MetricSet): void {
    if (values.length < set.width) {
      values = new Float64Array(MAX_SET_WIDTH);
      starts = new Float64Array(MAX_SET_WIDTH);
    }
    fold(points, from, set);
    const start = commonStart(set.width);
    writer.row(5);
    writer.timestamp(points.timeMs[from] ?? 0);
    if (isTime(start)) writer.timestamp(start);
    else writer.null();
    writer.int4(set.id);
    writer.float8Array(values, 0, set.width);
    if (start === null) writer.float8Array(starts, 0, set.width);
    else writer.null();
  }

  /** Makes known the sets of all reports from a point on, value by value where an agent may have no more of them. */
  async function learnFrom(
    points: PointColumns,
    streams: readonly StreamInfo[],
    first: number,
  ): Promise<void> {
    const { seriesId } = points;
    const unknown: [from: number, to: number][] = [];
    for (let from = first; from < seriesId.length; ) {
      const to = endOfReport(points, streams, from);
      if (!sets.find(seriesId, from, to)) unknown.push([from, to]);
      from = to;
    }
    await sets.learn(seriesId, unknown);
    const singles: [from: number, to: number][] = [];
    for (const [from, to] of unknown) {
      if (sets.find(seriesId, from, to)) continue;
      for (let i = from; i < to; i++) if (!sets.find(seriesId, i, i + 1)) singles.push([i, i + 1]);
    }
    await sets.learn(seriesId, singles);
  }

  async function writePoints(writer: CopyWriter, points: PointColumns): Promise<void> {
    const { seriesId } = points;
    const streams = await catalog.use(seriesId);
    let known = false;
    for (let from = 0; from < seriesId.length; ) {
      const to = endOfReport(points, streams, from);
      if (!known && !sets.find(seriesId, from, to)) {
        await learnFrom(points, streams, from);
        known = true;
      }
      const set = sets.find(seriesId, from, to);
      if (set) writeRow(writer, points, from, set);
      for (let i = from; !set && i < to; i++) {
        const single = sets.find(seriesId, i, i + 1);
        if (single) writeRow(writer, points, i, single);
      }
      from = to;
    }
  }

  function writeHistogram(writer: CopyWriter, point: HistogramPoint): void {
    writer.row(8);
    writer.timestamp(point.timeMs);
    if (isTime(point.startMs)) writer.timestamp(point.startMs);
    else writer.null();
    writer.int4(point.seriesId);
    writer.int8(Math.min(Math.max(0, Math.round(point.count)), Number.MAX_SAFE_INTEGER));
    writer.float8(point.sum);
    writer.float8OrNull(point.min);
    writer.float8OrNull(point.max);
    writer.bytes(point.sketch);
  }

  return async function append(tx: pg.ClientBase, batches: readonly PointBatch[]): Promise<void> {
    const count = batches.reduce((sum, batch) => sum + batch.points.seriesId.length, 0);
    const points = new CopyWriter(64 + count * BYTES_PER_VALUE + (count / 8) * BYTES_PER_ROW);
    const histograms = new CopyWriter();
    for (const batch of batches) {
      await partitions.ensure('metric_points', batch.points.timeMs);
      await partitions.ensure(
        'metric_histograms',
        batch.histograms.map((point) => point.timeMs),
      );
      await writePoints(points, batch.points);
      await catalog.use(batch.histograms.map((point) => point.seriesId));
      for (const histogram of batch.histograms) writeHistogram(histograms, histogram);
    }
    await copyIn(tx, 'metric_points (at, start_at, set_id, values, starts)', points);
    await copyIn(tx, 'metric_histograms (at, start_at, series_id, count, sum, min, max, sketch)', histograms);
  };
}
