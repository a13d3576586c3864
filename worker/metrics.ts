import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { systemClock } from '#lib/kernel/clock.ts';
import { collectProcessMetrics } from '#lib/kernel/process-metrics.ts';
import { createDeploymentMetrics } from './deployment-metrics.ts';
import type { LoopMeter } from './loop.ts';

/** What the last walk over the audit ledgers found, whichever worker made it. */
function ledgerMetrics(registry: Registry) {
  const registers = [registry];
  const ledgers = new Gauge({
    name: 'pitwall_audit_ledgers',
    help: 'Audit ledgers by what their last verification found; broken: rows were changed or removed.',
    labelNames: ['state'],
    registers,
  });
  const verifiedAt = new Gauge({
    name: 'pitwall_audit_verified_timestamp_seconds',
    help: 'When the audit ledgers were last verified, Unix seconds.',
    registers,
  });
  return ({ intact, broken, atMs }: { intact: number; broken: number; atMs: number }): void => {
    ledgers.set({ state: 'intact' }, intact);
    ledgers.set({ state: 'broken' }, broken);
    verifiedAt.set(atMs / 1000);
  };
}

/** The worker's own work as Prometheus metrics. */
export function createWorkerMetrics() {
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
  const hostLimit = new Gauge({
    name: 'pitwall_github_rate_limit_remaining',
    help: 'Requests that GitHub takes before its limit, as its last answer said; -1: nothing was asked yet.',
    registers,
  });
  hostLimit.set(-1);
  const reportHostLimit = (remaining: number): void => hostLimit.set(remaining);
  const deployments = createDeploymentMetrics(registry, systemClock.now);
  return { registry, meter, reportLedgers: ledgerMetrics(registry), reportHostLimit, deployments };
}
