import type pg from 'pg';
import { createPartitions } from '#db/partitions.ts';
import type { MetricStore } from '../port.ts';
import { createAppender } from './append.ts';
import { createMetricSets } from './metric-sets.ts';
import { createSeriesResolver } from './resolve-series.ts';
import { createSeriesCatalog } from './series-catalog.ts';
import { markChanged } from './windows.ts';

export interface PostgresMetricStoreOptions {
  pool: pg.Pool;
  /** Unix milliseconds. */
  clock: { now(): number };
  /** Names this process among the writers; any text that no other running process has. */
  writer: string;
}

/** The metric store in PostgreSQL: the default, and the store of record. */
export function createPostgresMetricStore(options: PostgresMetricStoreOptions) {
  const { pool, clock, writer } = options;
  const partitions = createPartitions(pool);
  const catalog = createSeriesCatalog(pool);
  return {
    resolveSeries: createSeriesResolver(pool, catalog, () => clock.now()),
    append: createAppender(catalog, createMetricSets(pool, catalog), partitions),
    markChanged: (tx: pg.ClientBase, changed) => markChanged(tx, changed, writer, clock.now()),
  } satisfies Partial<MetricStore<pg.ClientBase>>;
}
