import type pg from 'pg';
import type { PartitionedTable, Partitions } from '#db/partitions.ts';
import { ROLLUP_LEVELS, type RollupLevel } from '#lib/model/metric.ts';
import { emptyMetricTotals, type MetricTotals, mergeMetricTotals } from '../metric-totals.ts';
import { emptyOperationTotals, mergeOperationTotals, type OperationTotals } from '../operation-totals.ts';
import type { OperationSeries } from './operation-series.ts';
import { readNextTimes } from './raw-points.ts';
import { type PointTotals, totalPoints } from './roll-up-points.ts';
import {
  dropStaleOperations,
  mergeWindow,
  metricFamily,
  operationFamily,
  writeWindow,
} from './roll-up-rows.ts';
import { type DirtyWindow, totalSpans } from './roll-up-spans.ts';
import type { SeriesCatalog } from './series-catalog.ts';
import { CHAINED_WRITER, markChanged, markWindow, RAW_WHOLE_MS, sourceOf } from './windows.ts';

interface RollUpOptions {
  pool: pg.Pool;
  catalog: SeriesCatalog;
  operations: OperationSeries;
  partitions: Partitions;
  /** Told of a window that could not be rolled up now; it is tried again a minute later. */
  onError(error: unknown, level: RollupLevel, windowStartMs: number): void;
}

interface Totals {
  operations: Map<number, OperationTotals>;
  metrics: Map<number, MetricTotals>;
  /** Set when the totals come from raw rows. */
  cumulative: PointTotals['cumulative'] | null;
}

interface Claimed {
  window: DirtyWindow;
  /** False when the rows of the window are all as they were, and only the sample before it changed. */
  hasNewRows: boolean;
}

/** Windows asked for at once; those that another worker has locked are passed over. */
const CANDIDATES = 32;
const RETRY_MS = 60_000;
/** The teams of one window that one transaction takes. */
const TEAMS_AT_ONCE = 500;
/** Raw rows that are looked at together, by their time. */
const RAW_SLICE_MS = 60_000;
/** From here on after its end the window that follows may have been rolled up. */
const LATE_AFTER_MS = 10_000;

async function dueWindows(pool: pg.Pool, nowMs: number): Promise<{ level: RollupLevel; startMs: number }[]> {
  const due = await pool.query<{ level: RollupLevel; window_start: Date }>(
    `select distinct level, window_start from rollup_windows where due_at <= $1
     order by level, window_start limit ${CANDIDATES}`,
    [new Date(nowMs)],
  );
  return due.rows.map((row) => ({ level: row.level, startMs: row.window_start.getTime() }));
}

/** Takes the marks of a window, as far as no flush holds them; null when there are none left. */
async function claim(
  tx: pg.ClientBase,
  level: RollupLevel,
  startMs: number,
  nowMs: number,
): Promise<Claimed | null> {
  const taken = await tx.query<{ team_id: string; writer: string }>(
    `delete from rollup_windows where ctid = any (array(
       select ctid from rollup_windows
       where level = $1 and window_start = $2 and due_at <= $3
       order by team_id, writer limit ${TEAMS_AT_ONCE} for update skip locked))
     returning team_id, writer`,
    [level, new Date(startMs), new Date(nowMs)],
  );
  if (taken.rows.length === 0) return null;
  const teamIds = [...new Set(taken.rows.map((row) => row.team_id))];
  return {
    window: { startMs, endMs: startMs + level * 1000, teamIds },
    hasNewRows: taken.rows.some((row) => row.writer !== CHAINED_WRITER),
  };
}

/** Adds the totals of a part of a window to those of the window. */
function addTotals<T>(
  into: Map<number, T>,
  part: ReadonlyMap<number, T>,
  merge: (into: T, other: T) => void,
): void {
  for (const [seriesId, totals] of part) {
    const whole = into.get(seriesId);
    if (whole) merge(whole, totals);
    else into.set(seriesId, totals);
  }
}

/** Rolls up windows whose time has come; see {@link createRollUp}. */
export type RollUp = (nowMs: number, signal?: AbortSignal) => Promise<number>;

/**
 * Makes the roll-up: a window is always computed whole from the rows below it and replaces its own rows, in
 * one transaction with taking its marks and marking the window above. So it may run in any number of workers,
 * be killed at any point and be repeated, and late data comes right by marking its window again.
 */
export function createRollUp(options: RollUpOptions): RollUp {
  const { pool, catalog, operations, partitions } = options;

  /** Long windows are read minute by minute: their raw rows may be many millions. */
  async function fromRaw(tx: pg.ClientBase, window: DirtyWindow, nowMs: number): Promise<Totals> {
    const totals = {
      operations: new Map<number, OperationTotals>(),
      metrics: new Map<number, MetricTotals>(),
    };
    const cumulative = { setIds: new Set<number>(), histogramIds: new Set<number>() };
    for (let startMs = window.startMs; startMs < window.endMs; startMs += RAW_SLICE_MS) {
      const slice = { ...window, startMs, endMs: Math.min(window.endMs, startMs + RAW_SLICE_MS) };
      const spans = await totalSpans(tx, operations, slice, nowMs);
      const points = await totalPoints(tx, catalog, slice);
      addTotals(totals.operations, spans, mergeOperationTotals);
      addTotals(totals.metrics, points.totals, mergeMetricTotals);
      for (const id of points.cumulative.setIds) cumulative.setIds.add(id);
      for (const id of points.cumulative.histogramIds) cumulative.histogramIds.add(id);
    }
    return { ...totals, cumulative };
  }

  async function fromFiner(tx: pg.ClientBase, finer: RollupLevel, window: DirtyWindow): Promise<Totals> {
    return {
      operations: await mergeWindow(
        tx,
        operationFamily,
        'operation_series',
        finer,
        window,
        emptyOperationTotals,
        mergeOperationTotals,
      ),
      metrics: await mergeWindow(
        tx,
        metricFamily,
        'series',
        finer,
        window,
        emptyMetricTotals,
        mergeMetricTotals,
      ),
      cumulative: null,
    };
  }

  async function write(
    tx: pg.ClientBase,
    level: RollupLevel,
    window: DirtyWindow,
    totals: Totals,
    isWhole: boolean,
  ): Promise<void> {
    const { startMs } = window;
    if (level !== 86_400) {
      for (const family of ['operations', 'metrics'] as const) {
        const table: PartitionedTable = `rollup_${family}_${level}`;
        if (totals[family].size > 0) await partitions.ensure(table, [startMs]);
      }
    }
    // Windows may outlive the rows below them: what is missing there was then not moved but dropped.
    if (isWhole) await dropStaleOperations(tx, level, window, totals.operations);
    await writeWindow(tx, operationFamily, level, startMs, totals.operations, !isWhole);
    await writeWindow(tx, metricFamily, level, startMs, totals.metrics, !isWhole);
  }

  /** A late sample takes from the increase of the next one: its window is marked, if it may be done already. */
  async function chain(tx: pg.ClientBase, { window, hasNewRows }: Claimed, totals: Totals, nowMs: number) {
    const isLate = nowMs >= window.endMs + LATE_AFTER_MS;
    if (!hasNewRows || !isLate || !totals.cumulative) return;
    const { setIds, histogramIds } = totals.cumulative;
    if (setIds.size + histogramIds.size === 0) return;
    const timesMs = await readNextTimes(tx, setIds, histogramIds, window.endMs);
    const changed = window.teamIds.map((teamId) => ({ teamId, timesMs }));
    await markChanged(tx, changed, CHAINED_WRITER, nowMs);
  }

  async function rollUpWindow(level: RollupLevel, startMs: number, nowMs: number): Promise<boolean> {
    const tx = await pool.connect();
    let broken = false;
    try {
      await tx.query('begin');
      const claimed = await claim(tx, level, startMs, nowMs);
      if (claimed) {
        const source = sourceOf(level, startMs, nowMs);
        const totals =
          source === null
            ? await fromRaw(tx, claimed.window, nowMs)
            : await fromFiner(tx, source, claimed.window);
        const isWhole = source !== null || startMs >= nowMs - RAW_WHOLE_MS;
        await write(tx, level, claimed.window, totals, isWhole);
        await chain(tx, claimed, totals, nowMs);
        const coarser = ROLLUP_LEVELS[ROLLUP_LEVELS.indexOf(level) + 1];
        if (coarser) {
          const coarserStart = Math.floor(startMs / (coarser * 1000)) * coarser * 1000;
          await markWindow(tx, coarser, coarserStart, claimed.window.teamIds, nowMs);
        }
      }
      await tx.query('commit');
      return claimed !== null;
    } catch (error) {
      await tx.query('rollback').catch(() => {
        broken = true;
      });
      throw error;
    } finally {
      tx.release(broken);
    }
  }

  async function postpone(level: RollupLevel, startMs: number, nowMs: number): Promise<void> {
    await pool.query(
      `with taken as (
         delete from rollup_windows where level = $1 and window_start = $2 and due_at <= $3 returning *)
       insert into rollup_windows (level, window_start, team_id, writer, due_at)
       select distinct level, window_start, team_id, writer, $4::timestamptz from taken
       on conflict do nothing`,
      [level, new Date(startMs), new Date(nowMs), new Date(nowMs + RETRY_MS)],
    );
  }

  return async function rollUp(nowMs, signal) {
    let done = 0;
    for (;;) {
      let advanced = false;
      for (const { level, startMs } of await dueWindows(pool, nowMs)) {
        if (signal?.aborted) return done;
        try {
          if (!(await rollUpWindow(level, startMs, nowMs))) continue;
          done += 1;
          advanced = true;
        } catch (error) {
          options.onError(error, level, startMs);
          await postpone(level, startMs, nowMs);
        }
      }
      if (!advanced) return done;
    }
  };
}
