import type pg from 'pg';
import { Sketch } from '#lib/telemetry/sketch.ts';
import type { CumulativeSample, HistogramSample } from '../increases.ts';
import { bytes, epochMs, number, numberOrNull, numbers, rawRows, type Text } from './raw-query.ts';
import type { DirtyWindow } from './roll-up-spans.ts';

/** How far back the sample is looked for that an increase starts from. */
const LOOK_BACK_MS = 3_600_000;
/** Rows looked at for it: as many processes may share the identity of one stream. */
const ROWS_BACK = 4;

const POINT_COLUMNS = `p.set_id, s.series_ids, ${epochMs('p.at')}, ${epochMs('p.start_at')}, p.values, p.starts`;
const HISTOGRAM_COLUMNS = `h.series_id, ${epochMs('h.at')}, ${epochMs('h.start_at')}, h.count, h.sum, h.min, h.max, h.sketch`;

type Samples<S> = Map<number, S[]>;

function push<S>(samples: Samples<S>, seriesId: number, sample: S): void {
  const list = samples.get(seriesId);
  if (list) list.push(sample);
  else samples.set(seriesId, [sample]);
}

/** Takes a wide row apart. */
function unpack(
  samples: Samples<CumulativeSample>,
  row: readonly Text[],
  seriesIds: readonly number[],
): void {
  const timeMs = number(row[2]);
  const common = number(row[3]);
  const starts = row[5] === null ? null : numbers(row[5]);
  numbers(row[4]).forEach((value, i) => {
    const seriesId = seriesIds[i];
    if (seriesId === undefined || Number.isNaN(value)) return;
    const startMs = starts ? Math.max(0, starts[i] ?? 0) : common;
    push(samples, seriesId, { timeMs, startMs, value });
  });
}

/** The series of each set, read once a query. */
function seriesOfSet(known: Map<number, number[]>, row: readonly Text[]): number[] {
  const setId = number(row[0]);
  let ids = known.get(setId);
  if (!ids) {
    ids = numbers(row[1]);
    known.set(setId, ids);
  }
  return ids;
}

/** The points of a window by stream, and the series of the sets that they came in. */
export async function readPoints(tx: pg.ClientBase, window: DirtyWindow) {
  const rows = await rawRows(
    tx,
    `select ${POINT_COLUMNS} from metric_points p join metric_sets s on s.id = p.set_id
     where p.at >= $1 and p.at < $2 and s.team_id = any($3::uuid[])`,
    [new Date(window.startMs), new Date(window.endMs), window.teamIds],
  );
  const samples: Samples<CumulativeSample> = new Map();
  const setIds = new Map<number, number[]>();
  for (const row of rows) unpack(samples, row, seriesOfSet(setIds, row));
  return { samples, setIds };
}

/** The last points of the agents' streams before a moment. */
export async function readEarlierPoints(
  tx: pg.ClientBase,
  agentIds: readonly string[],
  beforeMs: number,
): Promise<Samples<CumulativeSample>> {
  const samples: Samples<CumulativeSample> = new Map();
  if (agentIds.length === 0) return samples;
  const rows = await rawRows(
    tx,
    `select ${POINT_COLUMNS} from metric_sets s cross join lateral (
       select * from metric_points where set_id = s.id and at < $2 and at >= $3 order by at desc limit ${ROWS_BACK}
     ) p where s.agent_id = any($1::uuid[])`,
    [agentIds, new Date(beforeMs), new Date(beforeMs - LOOK_BACK_MS)],
  );
  const setIds = new Map<number, number[]>();
  for (const row of rows) unpack(samples, row, seriesOfSet(setIds, row));
  return samples;
}

function histogramSample(row: readonly Text[]): HistogramSample {
  return {
    timeMs: number(row[1]),
    startMs: number(row[2]),
    value: number(row[3]),
    sum: number(row[4]),
    min: numberOrNull(row[5]),
    max: numberOrNull(row[6]),
    sketch: Sketch.decode(bytes(row[7])),
  };
}

function histogramsBySeries(rows: readonly (readonly Text[])[]): Samples<HistogramSample> {
  const samples: Samples<HistogramSample> = new Map();
  for (const row of rows) push(samples, number(row[0]), histogramSample(row));
  return samples;
}

/** The histograms of a window by stream. */
export async function readHistograms(tx: pg.ClientBase, window: DirtyWindow) {
  const rows = await rawRows(
    tx,
    `select ${HISTOGRAM_COLUMNS} from metric_histograms h join series s on s.id = h.series_id
     where h.at >= $1 and h.at < $2 and s.team_id = any($3::uuid[])`,
    [new Date(window.startMs), new Date(window.endMs), window.teamIds],
  );
  return histogramsBySeries(rows);
}

/** The last histograms of streams before a moment. */
export async function readEarlierHistograms(
  tx: pg.ClientBase,
  seriesIds: readonly number[],
  beforeMs: number,
) {
  if (seriesIds.length === 0) return new Map<number, HistogramSample[]>();
  const rows = await rawRows(
    tx,
    `select ${HISTOGRAM_COLUMNS} from unnest($1::int[]) as s (id) cross join lateral (
       select * from metric_histograms where series_id = s.id and at < $2 and at >= $3
       order by at desc limit ${ROWS_BACK}
     ) h`,
    [seriesIds, new Date(beforeMs), new Date(beforeMs - LOOK_BACK_MS)],
  );
  return histogramsBySeries(rows);
}

/**
 * The times of the first samples after a moment: their increases change when a sample before them comes late.
 */
export async function readNextTimes(
  tx: pg.ClientBase,
  setIds: Iterable<number>,
  histogramIds: Iterable<number>,
  fromMs: number,
): Promise<number[]> {
  const next = (table: string, column: string): string =>
    `select ${epochMs('n.at')} from unnest($1::int[]) as s (id) cross join lateral (
       select at from ${table} where ${column} = s.id and at >= $2 and at < $3 order by at limit 1) n`;
  const range = [new Date(fromMs), new Date(fromMs + LOOK_BACK_MS)];
  const points = await rawRows(tx, next('metric_points', 'set_id'), [[...setIds], ...range]);
  const histograms = await rawRows(tx, next('metric_histograms', 'series_id'), [[...histogramIds], ...range]);
  return [...points, ...histograms].map((row) => number(row[0]));
}
