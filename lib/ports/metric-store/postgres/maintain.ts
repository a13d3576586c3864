import type pg from 'pg';
import type { PartitionedTable, Partitions } from '#db/partitions.ts';
import type { RollupLevel } from '#lib/model/metric.ts';
import { ACTIVE_MS } from './series-catalog.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How far ahead partitions are made; they are made on demand too, but then a flush waits for it. */
const AHEAD: [PartitionedTable, number[]][] = [
  ['metric_points', [0, DAY_MS, 2 * DAY_MS]],
  ['metric_histograms', [0, DAY_MS, 2 * DAY_MS]],
  ['rollup_operations_10', [0, HOUR_MS, 2 * HOUR_MS]],
  ['rollup_metrics_10', [0, HOUR_MS, 2 * HOUR_MS]],
  ['rollup_operations_60', [0, DAY_MS, 2 * DAY_MS]],
  ['rollup_metrics_60', [0, DAY_MS, 2 * DAY_MS]],
  ['rollup_operations_3600', [0, 7 * DAY_MS]],
  ['rollup_metrics_3600', [0, 7 * DAY_MS]],
];

export interface Retention {
  raw: number;
  levels: Record<RollupLevel, number>;
}

/** Takes streams that are idle now out of the index of those that are counted; see resolve-series.ts. */
async function markIdleStreams(pool: pg.Pool, nowMs: number): Promise<void> {
  await pool.query(
    `update series set is_idle = true where scope = 'stream' and not is_idle and last_seen_at <= $1`,
    [new Date(nowMs - ACTIVE_MS)],
  );
}

/**
 * Streams that nobody used since the raw retention, and sets of none but such streams; their roll-ups stay. Who
 * writes has noted its streams minutes before, so what is deleted here is nobody's.
 */
async function forgetIdleStreams(pool: pg.Pool, beforeMs: number): Promise<void> {
  await pool.query(`delete from series where scope = 'stream' and last_seen_at < $1`, [new Date(beforeMs)]);
  await pool.query(
    `delete from metric_sets m where created_at < $1
       and not exists (select from series s where s.id = any(m.series_ids))`,
    [new Date(beforeMs)],
  );
}

/** Makes the partitions of the next days and drops those that are past their retention (in days). */
export async function maintain(
  pool: pg.Pool,
  partitions: Partitions,
  nowMs: number,
  retention: Retention,
): Promise<void> {
  for (const [table, offsets] of AHEAD) {
    await partitions.ensure(
      table,
      offsets.map((offset) => nowMs + offset),
    );
  }
  const { raw, levels } = retention;
  const limits: [PartitionedTable, number][] = [
    ['metric_points', raw],
    ['metric_histograms', raw],
  ];
  for (const level of [10, 60, 3600] as const) {
    limits.push([`rollup_operations_${level}`, levels[level]], [`rollup_metrics_${level}`, levels[level]]);
  }
  for (const [table, days] of limits) await partitions.dropBefore(table, nowMs - days * DAY_MS);
  await markIdleStreams(pool, nowMs);
  await forgetIdleStreams(pool, nowMs - raw * DAY_MS);
}
