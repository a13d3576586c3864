import { Counter, Registry } from 'prom-client';
import { collectProcessMetrics } from '#lib/kernel/process-metrics.ts';

interface WebMetrics {
  registry: Registry;
  /** Requests to route handlers by method and status. */
  requests: Counter<'method' | 'status'>;
  /** Deliveries of the webhooks of repositories by the status they were answered with. */
  deliveries: Counter<'result'>;
}

function createWebMetrics(): WebMetrics {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const requests = new Counter({
    name: 'pitwall_web_requests_total',
    help: 'Requests to the REST interface and other route handlers.',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  const deliveries = new Counter({
    name: 'pitwall_webhook_deliveries_total',
    help: 'Deliveries of the webhooks of repositories by answer: 202 stored, 200 known already, 401 not signed.',
    labelNames: ['result'],
    registers: [registry],
  });
  return { registry, requests, deliveries };
}

/** Next loads modules once per bundle, so the metrics of the process hang on the process. */
const process = globalThis as typeof globalThis & { pitwallWebMetrics?: WebMetrics };

/** The web process's own work as Prometheus metrics. */
export function webMetrics(): WebMetrics {
  process.pitwallWebMetrics ??= createWebMetrics();
  return process.pitwallWebMetrics;
}
