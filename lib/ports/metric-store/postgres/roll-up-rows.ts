import type pg from 'pg';
import { CopyWriter } from '#db/copy-writer.ts';
import { copyIn } from '#db/telemetry-pool.ts';
import type { RollupLevel } from '#lib/model/metric.ts';
import { Sketch } from '#lib/telemetry/sketch.ts';
import type { MetricTotals } from '../metric-totals.ts';
import type { OperationTotals } from '../operation-totals.ts';
import { bytes, epochMs, number, numberOrNull, rawRows, type Text } from './raw-query.ts';

/** One family of roll-up tables: how its totals are written and read. */
interface Family<T> {
  table(level: RollupLevel): string;
  /** The first one counts the observations. */
  columns: readonly string[];
  write(writer: CopyWriter, totals: T): void;
  /** Reads `columns` from position `at` of a row; `timeMs` is the start of the window. */
  read(row: readonly Text[], at: number, timeMs: number): T;
}

export const operationFamily: Family<OperationTotals> = {
  table: (level) => `rollup_operations_${level}`,
  columns: [
    'calls',
    'errors',
    'soft_failures',
    'duration_sum',
    'duration_min',
    'duration_max',
    'input_tokens',
    'output_tokens',
    'cache_read_tokens',
    'cache_write_tokens',
    'reasoning_tokens',
    'cost',
    'unpriced_calls',
    'durations',
  ],
  write(writer, totals) {
    writer.int8(totals.calls);
    writer.int8(totals.errors);
    writer.int8(totals.softFailures);
    writer.float8(totals.durationSum);
    writer.float8(totals.durationMin);
    writer.float8(totals.durationMax);
    writer.int8(totals.inputTokens);
    writer.int8(totals.outputTokens);
    writer.int8(totals.cacheReadTokens);
    writer.int8(totals.cacheWriteTokens);
    writer.int8(totals.reasoningTokens);
    writer.float8(totals.cost);
    writer.int8(totals.unpricedCalls);
    writer.bytes(totals.durations.encode());
  },
  read: (row, at) => ({
    calls: number(row[at]),
    errors: number(row[at + 1]),
    softFailures: number(row[at + 2]),
    durationSum: number(row[at + 3]),
    durationMin: number(row[at + 4]),
    durationMax: number(row[at + 5]),
    inputTokens: number(row[at + 6]),
    outputTokens: number(row[at + 7]),
    cacheReadTokens: number(row[at + 8]),
    cacheWriteTokens: number(row[at + 9]),
    reasoningTokens: number(row[at + 10]),
    cost: number(row[at + 11]),
    unpricedCalls: number(row[at + 12]),
    durations: Sketch.decode(bytes(row[at + 13])),
  }),
};

export const metricFamily: Family<MetricTotals> = {
  table: (level) => `rollup_metrics_${level}`,
  columns: ['count', 'sum', 'min', 'max', 'last', 'sketch'],
  write(writer, totals) {
    writer.int8(totals.count);
    writer.float8(totals.sum);
    writer.float8OrNull(totals.min);
    writer.float8OrNull(totals.max);
    writer.float8OrNull(totals.last);
    if (totals.sketch) writer.bytes(totals.sketch.encode());
    else writer.null();
  },
  read: (row, at, timeMs) => ({
    count: number(row[at]),
    sum: number(row[at + 1]),
    min: numberOrNull(row[at + 2]),
    max: numberOrNull(row[at + 3]),
    last: numberOrNull(row[at + 4]),
    lastMs: timeMs,
    sketch: row[at + 5] === null ? null : Sketch.decode(bytes(row[at + 5])),
  }),
};

/**
 * Writes the rows of one window, replacing those that were there; with `keepsMore`, those that hold more stay as
 * they are. They go by COPY into a table of the
 * connection and from there in one statement, in the order of their series, so that two writers of one
 * window never wait for each other in a circle.
 */
export async function writeWindow<T>(
  tx: pg.ClientBase,
  family: Family<T>,
  level: RollupLevel,
  startMs: number,
  totals: ReadonlyMap<number, T>,
  keepsMore: boolean,
): Promise<void> {
  if (totals.size === 0) return;
  const table = family.table(level);
  const columns = ['series_id', 'at', ...family.columns];
  const writer = new CopyWriter(64 + totals.size * 256);
  for (const [seriesId, row] of totals) {
    writer.row(columns.length);
    writer.int4(seriesId);
    writer.timestamp(startMs);
    family.write(writer, row);
  }
  const staging = `staging_${table}`;
  await tx.query(`create temporary table if not exists ${staging} (like ${table}) on commit delete rows`);
  await copyIn(tx, `${staging} (${columns.join(', ')})`, writer);
  const updates = family.columns.map((column) => `${column} = excluded.${column}`);
  await tx.query(
    `insert into ${table} (${columns.join(', ')}) select ${columns.join(', ')} from ${staging} order by series_id
     on conflict (series_id, at) do update set ${updates.join(', ')}
     ${keepsMore ? `where ${table}.${family.columns[0]} <= excluded.${family.columns[0]}` : ''}`,
  );
}

/**
 * Takes the rows of operations away that a window no longer has: spans move to the agent that is known
 * later, and what they were first counted under must not stay behind.
 */
export async function dropStaleOperations(
  tx: pg.ClientBase,
  level: RollupLevel,
  window: { startMs: number; teamIds: readonly string[] },
  totals: ReadonlyMap<number, unknown>,
): Promise<void> {
  await tx.query(
    `delete from ${operationFamily.table(level)} r using operation_series s
     where r.at = $1 and s.id = r.series_id and s.team_id = any($2::uuid[]) and r.series_id <> all($3::integer[])`,
    [new Date(window.startMs), window.teamIds, [...totals.keys()]],
  );
}

/** Sums the finer rows of one window by series, for the teams that changed. */
export async function mergeWindow<T>(
  tx: pg.ClientBase,
  family: Family<T>,
  seriesTable: 'series' | 'operation_series',
  finer: RollupLevel,
  window: { startMs: number; endMs: number; teamIds: readonly string[] },
  empty: () => T,
  merge: (into: T, other: T) => void,
): Promise<Map<number, T>> {
  const columns = ['r.series_id', epochMs('r.at'), ...family.columns.map((column) => `r.${column}`)];
  const rows = await rawRows(
    tx,
    `select ${columns.join(', ')}
     from ${family.table(finer)} r join ${seriesTable} s on s.id = r.series_id
     where r.at >= $1 and r.at < $2 and s.team_id = any($3::uuid[])
     order by r.at`,
    [new Date(window.startMs), new Date(window.endMs), window.teamIds],
  );
  const totals = new Map<number, T>();
  for (const row of rows) {
    const id = number(row[0]);
    let into = totals.get(id);
    if (into === undefined) {
      into = empty();
      totals.set(id, into);
    }
    merge(into, family.read(row, 2, number(row[1])));
  }
  return totals;
}
