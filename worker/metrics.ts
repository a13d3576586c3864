import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { collectProcessMetrics } from '#lib/kernel/process-metrics.ts';
import type { LoopMeter } from './loop.ts';

/** The worker's own work as Prometheus metrics. */
export function createWorkerMetrics(): { registry: Registry; meter: LoopMeter } {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const registers = [registry];
  const steps = new Counter({
    name: 'pitwall_worker_steps_total',
    help: 'Steps of each loop by result; elsewhere: another worker held the lock.',
    labelNames: ['loop', 'result'],
    registers,
  });
  const items = new Counter({
    name: 'pitwall_worker_items_total',
    help: 'What the steps of each loop did: agents checked, windows rolled up, rows removed.',
    labelNames: ['loop'],
    registers,
  });
  const seconds = new Histogram({
    name: 'pitwall_worker_step_seconds',
    help: 'Duration of a step.',
    labelNames: ['loop'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
    registers,
  });
  const lastSuccess = new Gauge({
    name: 'pitwall_worker_last_success_timestamp_seconds',
    help: 'When a step last succeeded, Unix seconds.',
    labelNames: ['loop'],
    registers,
  });
  const meter: LoopMeter = {
    stepped(loop, result, duration, done) {
      steps.inc({ loop, result });
      if (result === 'elsewhere') return;
      seconds.observe({ loop }, duration);
      if (result !== 'ok') return;
      items.inc({ loop }, done);
      lastSuccess.setToCurrentTime({ loop });
    },
  };
  return { registry, meter };
}
