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
import { CHAINED_WRITER, FINEST_KEPT_MS, markChanged, markWindow } from './windows.ts';

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

/** Rolls up windows whose time has come; see {@link createRollUp}. */
export type RollUp = (nowMs: number, signal?: AbortSignal) => Promise<number>;

/**
 * Makes the roll-up: a window is always computed whole from the rows below it and replaces its own rows, in
 * one transaction with taking its marks and marking the window above. So it may run in any number of workers,
 * be killed at any point and be repeated, and late data comes right by marking its window again.
 */
export function createRollUp(options: RollUpOptions): RollUp {
  const { pool, catalog, operations, partitions } = options;

  async function fromRaw(tx: pg.ClientBase, window: DirtyWindow, nowMs: number): Promise<Totals> {
    const spans = await totalSpans(tx, operations, window, nowMs);
    const points = await totalPoints(tx, catalog, window);
    return { operations: spans, metrics: points.totals, cumulative: points.cumulative };
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
    nowMs: number,
  ): Promise<void> {
    const { startMs } = window;
    if (level !== 86_400) {
      for (const family of ['operations', 'metrics'] as const) {
        const table: PartitionedTable = `rollup_${family}_${level}`;
        if (totals[family].size > 0) await partitions.ensure(table, [startMs]);
      }
    }
    // Older windows may outlive their spans: what is missing there was not moved but dropped.
    if (window.endMs > nowMs - FINEST_KEPT_MS)
      await dropStaleOperations(tx, level, window, totals.operations);
    await writeWindow(tx, operationFamily, level, startMs, totals.operations);
    await writeWindow(tx, metricFamily, level, startMs, totals.metrics);
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
        const finer = ROLLUP_LEVELS[ROLLUP_LEVELS.indexOf(level) - 1];
        const isRaw = finer === undefined || (finer === 10 && startMs < nowMs - FINEST_KEPT_MS);
        const totals = isRaw
          ? await fromRaw(tx, claimed.window, nowMs)
          : await fromFiner(tx, finer, claimed.window);
        await write(tx, level, claimed.window, totals, nowMs);
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
