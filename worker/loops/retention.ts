import type pg from 'pg';
import { createPartitions } from '#db/partitions.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import { maintainTelemetry } from '#lib/pipeline/store/retention.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';
import type { Loop } from '../loop.ts';

interface RetentionTools {
  pool: pg.Pool;
  metricStore: Pick<MetricStore<never>, 'maintain'>;
  clock: Clock;
  /** Days that raw points are kept for teams that set nothing else. */
  rawRetentionDays: number;
}

/** Makes the partitions of the days to come and drops what is past its retention. */
export function retentionLoop({ pool, metricStore, clock, rawRetentionDays }: RetentionTools): Loop {
  const partitions = createPartitions(pool);
  return {
    name: 'retention',
    intervalMs: 600_000,
    timeoutMs: 300_000,
    exclusive: 'one',
    async step() {
      await maintainTelemetry({ pool, partitions, metricStore, rawRetentionDays }, clock.now());
      return { done: 1, more: false };
    },
  };
}
