import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { DeploymentStatus } from '#lib/model/deployment-status.ts';
import type { ClusterMeter, Watch } from '#lib/ports/cluster/port.ts';

/** How deployments and clusters are doing, of this worker; `now` is the clock of watches, Unix milliseconds. */
export interface DeploymentMetrics extends ClusterMeter {
  became(status: DeploymentStatus): void;
  rolledOut(status: DeploymentStatus, seconds: number): void;
  leaseAge(seconds: number): void;
}

/** Says of each kind how old the latest news of its quietest watch is. */
function watchMetrics(
  registry: Registry,
  now: () => number,
): Pick<ClusterMeter, 'watchBegan' | 'watchEnded'> {
  const watches = new Map<Watch, { kind: string; sinceMs: number }>();
  new Gauge({
    name: 'pitwall_informer_last_event_age_seconds',
    help: 'Since when a watch of clusters has told nothing, bookmarks included: of each kind the longest.',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      this.reset();
      const quietest = new Map<string, number>();
      for (const [watch, { kind, sinceMs }] of watches) {
        const age = now() - (watch.lastEventMs() ?? sinceMs);
        quietest.set(kind, Math.max(age, quietest.get(kind) ?? 0));
      }
      for (const [kind, age] of quietest) this.set({ kind }, age / 1000);
    },
  });
  return {
    watchBegan: ({ kind }, watch) => void watches.set(watch, { kind, sinceMs: now() }),
    watchEnded: (watch) => void watches.delete(watch),
  };
}

/** Deployments and clusters as Prometheus metrics; no label names a team, a version or an object (deployment S-101). */
export function createDeploymentMetrics(registry: Registry, now: () => number): DeploymentMetrics {
  const registers = [registry];
  const statuses = new Counter({
    name: 'pitwall_deployments_total',
    help: 'Deployments by the status that this worker brought them to; what people end before it begins is not among them.',
    labelNames: ['status'],
    registers,
  });
  const rollouts = new Histogram({
    name: 'pitwall_rollout_duration_seconds',
    help: 'From the beginning of a deployment to its end, by what became of it.',
    labelNames: ['status'],
    buckets: [5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600],
    registers,
  });
  const lease = new Gauge({
    name: 'pitwall_deployment_lease_age_seconds',
    help: 'Since when the worker of a deployment has not extended its lease, the longest of all; 0: nobody holds one.',
    registers,
  });
  const requests = new Counter({
    name: 'pitwall_k8s_api_requests_total',
    help: 'Requests to clusters by verb and status, or by why there was no answer.',
    labelNames: ['code', 'verb'],
    registers,
  });
  return {
    became: (status) => statuses.inc({ status }),
    rolledOut: (status, seconds) => rollouts.observe({ status }, seconds),
    leaseAge: (seconds) => lease.set(seconds),
    requested: (verb, code) => requests.inc({ code, verb }),
    ...watchMetrics(registry, now),
  };
}
