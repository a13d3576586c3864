import type pg from 'pg';
import type { MetricAnswer, MetricLine, MetricQuery, RollupLevel } from '#lib/model/metric.ts';
import { Sketch } from '#lib/telemetry/sketch.ts';
import type { Measure } from '../measures.ts';
import { pickResolution, type Resolution } from '../resolution.ts';
import { findSource, type Group, type Source } from './query-source.ts';
import { bytes, number, rawRows, type Text } from './raw-query.ts';
import { FINEST_KEPT_MS } from './windows.ts';

/** Rows with a distribution that one answer may merge; each costs microseconds in this process. */
const MAX_SKETCHES = 3000;
/** Rows that the database may add up for one answer. */
const MAX_ROWS = 10_000;
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
  const [ids, groups] = numbered(source.groups);
  const ranks = new Map<number, number>();
  for (const { level, fromMs, toMs } of rankStretches(query, nowMs)) {
    const rows = await rawRows(
      pool,
      `select m.g, (${source.rankBy})::float8 ${fromRows(source, level)} group by 1`,
      [ids, groups, new Date(fromMs), new Date(toMs)],
    );
    for (const row of rows) ranks.set(number(row[0]), (ranks.get(number(row[0])) ?? 0) + number(row[1]));
  }
  const best = [...ranks].sort((a, b) => b[1] - a[1]).slice(0, query.top);
  return best.map(([index]) => source.groups[index]).filter((group) => group !== undefined);
}

/** What was read for the steps of one group; a step without rows has a count of 0. */
interface Steps {
  counts: Float64Array;
  aggregates: Float64Array;
  sketches: (Sketch | undefined)[];
}

function add(steps: Steps, step: number, row: readonly Text[], measure: Measure): void {
  const before = steps.counts[step] ?? 0;
  steps.counts[step] = before + number(row[2]);
  if (measure.kind === 'quantile') {
    if (row[3] === null) return;
    const sketch = Sketch.decode(bytes(row[3]));
    const merged = steps.sketches[step];
    if (merged) merged.merge(sketch);
    else steps.sketches[step] = sketch;
    return;
  }
  const value = number(row[3]);
  const old = steps.aggregates[step] ?? 0;
  if (before === 0 || measure.combine === 'later') steps.aggregates[step] = value;
  else if (measure.combine === 'add') steps.aggregates[step] = old + value;
  else steps.aggregates[step] = Math[measure.combine](old, value);
}

async function readSteps(
  pool: pg.Pool,
  source: Source,
  groups: readonly Group[],
  resolution: Resolution,
  toMs: number,
): Promise<Steps[]> {
  const { measure } = source;
  const steps = groups.map(
    (): Steps => ({
      counts: new Float64Array(resolution.steps),
      aggregates: new Float64Array(resolution.steps),
      sketches: [],
    }),
  );
  const [ids, numbers] = numbered(groups);
  const step = `floor((extract(epoch from r.at)::float8 - $5::float8) / $6::float8)::int`;
  const columns =
    measure.kind === 'quantile'
      ? `m.g, ${step}, r.${source.countColumn}, r.${source.sketchColumn}`
      : `m.g, ${step}, sum(r.${source.countColumn}), (${measure.aggregate})::float8`;
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
      const ofGroup = steps[number(row[0])];
      if (ofGroup) add(ofGroup, number(row[1]), row, measure);
    }
  }
  return steps;
}

function lineOf(group: Group, steps: Steps, measure: Measure, stepSeconds: number): MetricLine {
  const values = Array.from(steps.counts, (count, i) => {
    if (count === 0) return null;
    if (measure.kind === 'quantile') return steps.sketches[i]?.quantile(measure.quantile) ?? null;
    return measure.value(steps.aggregates[i] ?? 0, count, stepSeconds);
  });
  return { key: group.key, label: group.label, values };
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
      maxRows: source.measure.kind === 'quantile' ? MAX_SKETCHES : MAX_ROWS,
      finestFromMs: nowMs - FINEST_KEPT_MS,
    });
    const steps = await readSteps(pool, source, groups, resolution, asked.to);
    const lines = groups.map((group, i) =>
      lineOf(group, steps[i] as Steps, source.measure, resolution.stepSeconds),
    );
    if (lines.length === 0 && asked.groupBy === 'none') {
      lines.push({ key: 'total', label: 'total', values: Array(resolution.steps).fill(null) });
    }
    const stepMs = resolution.stepSeconds * 1000;
    return {
      stepSeconds: resolution.stepSeconds,
      times: Array.from({ length: resolution.steps }, (_, i) => resolution.fromMs + i * stepMs),
      lines,
      sampleSize: steps.reduce((sum, { counts }) => sum + counts.reduce((a, b) => a + b, 0), 0),
      estimatedFromBuckets: source.estimatedFromBuckets,
    };
  };
}
