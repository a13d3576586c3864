import { Counter, Registry } from 'prom-client';
import { collectProcessMetrics } from '#lib/kernel/process-metrics.ts';

interface WebMetrics {
  registry: Registry;
  /** Requests to route handlers by method and status. */
  requests: Counter<'method' | 'status'>;
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
  return { registry, requests };
}

/** Next loads modules once per bundle, so the metrics of the process hang on the process. */
const process = globalThis as typeof globalThis & { pitwallWebMetrics?: WebMetrics };

/** The web process's own work as Prometheus metrics. */
export function webMetrics(): WebMetrics {
  process.pitwallWebMetrics ??= createWebMetrics();
  return process.pitwallWebMetrics;
}
