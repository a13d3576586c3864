import type pg from 'pg';
import { createPartitions } from '#db/partitions.ts';
import type { MetricStore } from '../port.ts';
import { createAppender } from './append.ts';
import { listMetrics } from './list-metrics.ts';
import { maintain } from './maintain.ts';
import { createMeasureWindows } from './measure-windows.ts';
import { createMetricSets } from './metric-sets.ts';
import { createOperationSeries } from './operation-series.ts';
import { createQuery } from './query.ts';
import { createSeriesResolver } from './resolve-series.ts';
import { createRollUp } from './roll-up.ts';
import { createSeriesCatalog } from './series-catalog.ts';
import { markChanged } from './windows.ts';

export interface PostgresMetricStoreOptions {
  /** With room for at least two connections. */
  pool: pg.Pool;
  /** Unix milliseconds. */
  clock: { now(): number };
  /** Names this process among the writers; any text that no other running process has. */
  writer: string;
  /** Told of a window that could not be rolled up; it is tried again a minute later. */
  onRollUpError?(error: unknown, levelSeconds: number, windowStartMs: number): void;
}

/**
 * The metric store in PostgreSQL: the default, and the store of record. Points are wide rows written by binary
 * COPY; answers come from roll-ups that are kept per agent and per team, so that no page scans raw points.
 */
export function createPostgresMetricStore(options: PostgresMetricStoreOptions): MetricStore<pg.ClientBase> {
  const { pool, clock, writer } = options;
  const partitions = createPartitions(pool);
  const now = () => clock.now();
  const catalog = createSeriesCatalog(pool, now);
  return {
    resolveSeries: createSeriesResolver(pool, catalog, now),
    append: createAppender(catalog, createMetricSets(pool, catalog, now), partitions),
    markChanged: (tx, changed) => markChanged(tx, changed, writer, clock.now()),
    rollUp: createRollUp({
      pool,
      catalog,
      partitions,
      operations: createOperationSeries(pool),
      onError: options.onRollUpError ?? (() => {}),
    }),
    query: createQuery(pool, now),
    measureWindows: createMeasureWindows(pool, now),
    listMetrics: (teamId, agentId) => listMetrics(pool, teamId, agentId),
    maintain: (nowMs, retention) => maintain(pool, partitions, nowMs, retention),
  };
}
