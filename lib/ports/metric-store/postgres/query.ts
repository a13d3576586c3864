import type pg from 'pg';
import type { MetricAnswer, MetricLine, MetricQuery, RollupLevel } from '#lib/model/metric.ts';
import type { Measure } from '../measures.ts';
import { coveredTo, pickResolution, type Resolution } from '../resolution.ts';
import { addCell, addToCell, type Cell, emptyCell, valueOfCell } from './cell.ts';
import { findSource, type Group, type Source } from './query-source.ts';
import { epochMs, number, rawRows } from './raw-query.ts';
import { WHOLE_MS } from './windows.ts';

/** Rows with a distribution that one answer may merge; each costs microseconds in this process. */
const MAX_SKETCHES = 3000;
/**
 * Rows that the database may add up for one answer. A single line may take more: tokens and cost of a team are
 * the sum over its models, and seven of them must not make hours of the minutes that requests are shown in.
 */
const MAX_ROWS = 10_000;
const MAX_ROWS_OF_ONE_LINE = 40_000;
const HOUR_MS = 3_600_000;

interface Span {
  level: RollupLevel;
  fromMs: number;
  toMs: number;
}

/** The stretches of roll-up tables that cover a range: the level itself, and finer rows for what it may lack. */
function stretches(resolution: Resolution, toMs: number): Span[] {
  const { level, tailLevel, fromMs } = resolution;
  if (level === tailLevel) return [{ level, fromMs, toMs }];
  const tailFromMs = Math.max(fromMs, Math.min(resolution.tailFromMs, toMs));
  const spans: Span[] = [
    { level, fromMs, toMs: tailFromMs },
    { level: tailLevel, fromMs: tailFromMs, toMs },
  ];
  return spans.filter((span) => span.fromMs < span.toMs);
}

/** Groups are numbered; every series knows the number of its group. */
function numbered(groups: readonly Group[]): [ids: number[], numbers: number[]] {
  const ids = groups.flatMap((group) => group.seriesIds);
  return [ids, groups.flatMap((group, i) => group.seriesIds.map(() => i))];
}

/** SQL over the roll-up rows of the numbered series between two moments; `m.g` is the number of the group. */
function fromRows(source: Source, level: RollupLevel): string {
  return `from unnest($1::int[], $2::int[]) as m (series_id, g)
          join ${source.table(level)} r on r.series_id = m.series_id and r.at >= $3 and r.at < $4`;
}

/** The stretches that groups are ranked over: coarse rows, so that a thousand agents stay cheap. */
function rankStretches(query: MetricQuery, nowMs: number): Span[] {
  const length = query.to - query.from;
  const level: RollupLevel = length <= 2 * HOUR_MS ? 60 : length <= 72 * HOUR_MS ? 3600 : 86_400;
  const levelMs = level * 1000;
  const openMs = Math.floor((nowMs - levelMs / 2) / levelMs) * levelMs;
  const fromMs = Math.floor(query.from / levelMs) * levelMs;
  if (query.to <= openMs || (level === 3600 && length > 12 * HOUR_MS)) {
    return [{ level, fromMs, toMs: query.to }];
  }
  const tailFromMs = Math.max(fromMs, openMs);
  const spans: Span[] = [
    { level, fromMs, toMs: tailFromMs },
    { level: level === 60 ? 10 : level === 3600 ? 60 : 3600, fromMs: tailFromMs, toMs: query.to },
  ];
  return spans.filter((span) => span.fromMs < span.toMs);
}

/** Keeps the groups with the highest rank over the range. */
async function topGroups(pool: pg.Pool, source: Source, query: MetricQuery, nowMs: number): Promise<Group[]> {
  if (query.groupBy === 'none' || source.groups.length <= query.top) return source.groups;
  const { rankBy: measure } = source;
  const [ids, groups] = numbered(source.groups);
  const ranks = source.groups.map(emptyCell);
  for (const { level, fromMs, toMs } of rankStretches(query, nowMs)) {
    const rows = await rawRows(
      pool,
      `select m.g, sum(r.${source.countColumn}), (${measure.aggregate})::float8
       ${fromRows(source, level)} group by 1`,
      [ids, groups, new Date(fromMs), new Date(toMs)],
    );
    for (const row of rows) {
      const rank = ranks[number(row[0])];
      if (rank) addToCell(rank, row[1], row[2], measure);
    }
  }
  return source.groups
    .map((group, i) => ({ group, rank: valueOfCell(ranks[i] as Cell, measure, 60) }))
    .filter((ranked): ranked is { group: Group; rank: number } => ranked.rank !== null)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, query.top)
    .map(({ group }) => group);
}

/** What was read of each group, step by step; steps without rows have no cell. */
interface Read {
  cells: (Cell | undefined)[][];
  /** End of the newest window among the rows, Unix milliseconds. */
  newestEndMs: number;
}

async function readSteps(
  pool: pg.Pool,
  source: Source,
  groups: readonly Group[],
  resolution: Resolution,
  toMs: number,
): Promise<Read> {
  const { measure } = source;
  const cells = groups.map((): (Cell | undefined)[] => Array(resolution.steps).fill(undefined));
  let newestEndMs = 0;
  const [ids, numbers] = numbered(groups);
  const stepOf = `floor((extract(epoch from r.at)::float8 - $5::float8) / $6::float8)::int`;
  const columns =
    measure.kind === 'quantile'
      ? `m.g, ${stepOf}, r.${source.countColumn}, r.${source.sketchColumn}, ${epochMs('r.at')}`
      : `m.g, ${stepOf}, sum(r.${source.countColumn}), (${measure.aggregate})::float8, ${epochMs('max(r.at)')}`;
  for (const stretch of stretches(resolution, toMs)) {
    const rows = await rawRows(
      pool,
      `select ${columns} ${fromRows(source, stretch.level)} ${measure.kind === 'quantile' ? '' : 'group by 1, 2'}`,
      [
        ids,
        numbers,
        new Date(stretch.fromMs),
        new Date(stretch.toMs),
        resolution.fromMs / 1000,
        resolution.stepSeconds,
      ],
    );
    for (const row of rows) {
      const ofGroup = cells[number(row[0])];
      if (!ofGroup) continue;
      const step = number(row[1]);
      const cell = ofGroup[step] ?? emptyCell();
      ofGroup[step] = cell;
      addToCell(cell, row[2], row[3], measure);
      newestEndMs = Math.max(newestEndMs, number(row[4]) + stretch.level * 1000);
    }
  }
  return { cells, newestEndMs };
}

/** The line of a group; a step that is covered in part has its rates over that part. */
function lineOf(
  group: Group,
  cells: readonly (Cell | undefined)[],
  measure: Measure,
  { fromMs, stepSeconds }: Resolution,
  coveredToMs: number,
): MetricLine {
  const overall = emptyCell();
  const values = cells.map((cell, i) => {
    if (!cell) return null;
    addCell(overall, cell, measure);
    const coveredSeconds = (coveredToMs - fromMs) / 1000 - i * stepSeconds;
    return valueOfCell(cell, measure, Math.min(stepSeconds, coveredSeconds));
  });
  return {
    key: group.key,
    label: group.label,
    values,
    overall: valueOfCell(overall, measure, (coveredToMs - fromMs) / 1000),
  };
}

function maxRows(measure: Measure, groupBy: MetricQuery['groupBy']): number {
  if (measure.kind === 'quantile') return MAX_SKETCHES;
  return groupBy === 'none' ? MAX_ROWS_OF_ONE_LINE : MAX_ROWS;
}

/** Answers metric queries from the roll-up tables. */
export function createQuery(pool: pg.Pool, now: () => number) {
  return async function query(teamId: string, asked: MetricQuery): Promise<MetricAnswer> {
    const nowMs = now();
    const source = await findSource(pool, teamId, asked);
    const groups = await topGroups(pool, source, asked, nowMs);
    const resolution = pickResolution({
      fromMs: asked.from,
      toMs: asked.to,
      pixels: asked.pixels,
      nowMs,
      rowsPerWindow: groups.reduce((sum, group) => sum + group.seriesIds.length, 0),
      maxRows: maxRows(source.measure, asked.groupBy),
      wholeFromMs: {
        10: nowMs - WHOLE_MS[10],
        60: nowMs - WHOLE_MS[60],
        3600: nowMs - WHOLE_MS[3600],
      },
    });
    const { cells, newestEndMs } = await readSteps(pool, source, groups, resolution, asked.to);
    const coveredToMs = coveredTo(resolution, asked.to, nowMs, newestEndMs);
    const lines = groups.map((group, i) =>
      lineOf(group, cells[i] ?? [], source.measure, resolution, coveredToMs),
    );
    if (lines.length === 0 && asked.groupBy === 'none') {
      lines.push({ key: 'total', label: 'total', values: Array(resolution.steps).fill(null), overall: null });
    }
    const stepMs = resolution.stepSeconds * 1000;
    return {
      stepSeconds: resolution.stepSeconds,
      times: Array.from({ length: resolution.steps }, (_, i) => resolution.fromMs + i * stepMs),
      coveredTo: Math.min(asked.to, coveredToMs),
      lines,
      sampleSize: cells.reduce((sum, line) => sum + line.reduce((n, cell) => n + (cell?.count ?? 0), 0), 0),
      estimatedFromBuckets: source.estimatedFromBuckets,
    };
  };
}
