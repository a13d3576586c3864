import type { Deployment } from './workloads.ts';

function countOf(value: number | string, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return round((Number.parseInt(value, 10) * replicas) / 100);
}

/** How many pods there may be above the wanted number. */
export function surgeOf({ spec }: Deployment): number {
  const { type, rollingUpdate } = spec.strategy;
  return type === 'RollingUpdate' && rollingUpdate
    ? countOf(rollingUpdate.maxSurge, spec.replicas, Math.ceil)
    : 0;
}

/** How many may be missing; at least one where there may be none above. */
export function mayBeMissing(deployment: Deployment): number {
  const { strategy, replicas } = deployment.spec;
  if (strategy.type !== 'RollingUpdate' || !strategy.rollingUpdate || replicas === 0) return 0;
  const missing = countOf(strategy.rollingUpdate.maxUnavailable, replicas, Math.floor);
  return Math.min(replicas, missing === 0 && surgeOf(deployment) === 0 ? 1 : missing);
}
