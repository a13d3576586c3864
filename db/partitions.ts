import type pg from 'pg';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Partitioned tables and the length of their partitions as far as this process cares: a month is asked by day. */
const GRAIN_MS = {
  spans: DAY_MS,
  logs: DAY_MS,
  request_claims: DAY_MS,
  metric_points: DAY_MS,
  metric_histograms: DAY_MS,
  rollup_operations_10: HOUR_MS,
  rollup_operations_60: DAY_MS,
  rollup_operations_3600: DAY_MS,
  rollup_metrics_10: HOUR_MS,
  rollup_metrics_60: DAY_MS,
  rollup_metrics_3600: DAY_MS,
} as const;

export type PartitionedTable = keyof typeof GRAIN_MS;

/** Makes partitions on demand and remembers which ones exist. */
export interface Partitions {
  /** Makes the partitions that hold the given Unix milliseconds. @throws when one lies outside the last 15 months to the next 40 days */
  ensure(table: PartitionedTable, timesMs: Iterable<number>): Promise<void>;
  /** Drops all partitions that end at or before the moment, oldest first, one short transaction each; gives their names. */
  dropBefore(table: PartitionedTable, beforeMs: number): Promise<string[]>;
  /** Forgets what exists, after a write found a partition missing. */
  forget(): void;
}

export function createPartitions(pool: pg.Pool): Partitions {
  const known = new Set<string>();
  return {
    async ensure(table, timesMs) {
      const grain = GRAIN_MS[table];
      let last = Number.NaN;
      for (const timeMs of timesMs) {
        const start = Math.floor(timeMs / grain) * grain;
        if (start === last) continue;
        last = start;
        const key = `${table} ${start}`;
        if (known.has(key)) continue;
        await pool.query('select ensure_partition($1, $2)', [table, new Date(start)]);
        if (known.size > 10_000) known.clear();
        known.add(key);
      }
    },
    async dropBefore(table, beforeMs) {
      const dropped: string[] = [];
      for (;;) {
        const result = await pool.query<{ name: string | null }>(
          'select drop_expired_partition($1, $2) as name',
          [table, new Date(beforeMs)],
        );
        const name = result.rows[0]?.name;
        if (!name) break;
        dropped.push(name);
      }
      if (dropped.length > 0) known.clear();
      return dropped;
    },
    forget: () => known.clear(),
  };
}
