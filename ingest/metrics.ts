import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { collectProcessMetrics } from '#lib/kernel/process-metrics.ts';
import type { IngestMeter, Signal } from '#lib/pipeline/ingest/contract.ts';

/** Readings of the moment, asked when somebody scrapes. */
export interface IngestGauges {
  queuedItems(): number;
  inFlightBytes(): number;
  knownSeries(): number;
  knownAgents(): number;
}

/** The process's own work as Prometheus metrics; the registry is this process's only one. */
export function createIngestMetrics() {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `pitwall_ingest_${name}`, help, labelNames, registers });

  const accepted = counter('items_accepted_total', 'Spans, points and logs stored.', ['signal']);
  const refused = counter('items_refused_total', 'Spans, points and logs refused.', ['signal', 'reason']);
  const duplicates = counter('duplicate_requests_total', 'Requests that were here before.', ['signal']);
  const requests = counter('requests_total', 'Export requests by answer.', ['signal', 'status']);
  const unmapped = counter('unmapped_attributes_total', 'Attributes that no table knows.', []);
  const tickFailures = counter('tick_publish_failures_total', 'Live ticks that the bus did not take.', []);
  const flushFailures = counter('flush_failures_total', 'Group commits that failed.', []);
  const flushSeconds = new Histogram({
    name: 'pitwall_ingest_flush_seconds',
    help: 'Duration of a group commit.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const flushRows = new Histogram({
    name: 'pitwall_ingest_flush_rows',
    help: 'Rows of a group commit.',
    buckets: [1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000],
    registers,
  });

  const meter: IngestMeter = {
    accepted: (signal, items) => accepted.inc({ signal }, items),
    refused: (signal, { byReason }) => {
      for (const [reason, count] of Object.entries(byReason)) refused.inc({ signal, reason }, count);
    },
    duplicate: (signal) => duplicates.inc({ signal }),
    unmapped: (attributes) => unmapped.inc(attributes),
    flushed: (ok, seconds, rows) => {
      flushSeconds.observe(seconds);
      flushRows.observe(rows);
      if (!ok) flushFailures.inc();
    },
    tickPublished: (ok) => {
      if (!ok) tickFailures.inc();
    },
  };

  return {
    meter,
    answered: (signal: Signal, status: number) => requests.inc({ signal, status }),
    /** Adds the readings of the moment, once the parts that know them exist. */
    watch(gauges: IngestGauges): void {
      const gauge = (name: string, help: string, read: () => number) =>
        new Gauge({
          name: `pitwall_ingest_${name}`,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      gauge('queued_items', 'Items that wait for their commit.', gauges.queuedItems);
      gauge('in_flight_bytes', 'Bytes of requests being worked on.', gauges.inFlightBytes);
      gauge('known_series', 'Series in the cache.', gauges.knownSeries);
      gauge('known_agents', 'Agents in the cache.', gauges.knownAgents);
    },
    scrape: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
