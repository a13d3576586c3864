import { isFields, type KubeObject } from '../objects.ts';
import { forbidden, resourceName } from '../status-error.ts';
import type { Kind } from './kinds.ts';
import { type ClusterState, PODS, QUOTAS } from './state.ts';

/** Pods that have ended do not count. */
function used(state: ClusterState, kind: Kind, namespace: string): number {
  const objects = state.store.list(kind, namespace);
  if (kind !== PODS) return objects.length;
  return objects.filter(
    ({ status }) => !isFields(status) || !['Failed', 'Succeeded'].includes(String(status.phase)),
  ).length;
}

/** The limits of a kind: by its own name, and as `count/deployments.apps`. */
function limitsOf(quota: KubeObject, kind: Kind): [string, number][] {
  const hard = isFields(quota.spec) && isFields(quota.spec.hard) ? quota.spec.hard : {};
  const names = [kind.plural, `count/${resourceName(kind)}`];
  return names.filter((name) => name in hard).map((name) => [name, Number(hard[name])]);
}

/** ResourceQuotas, as far as they count objects. @throws StatusError 403 "exceeded quota" (deployment S-37). */
export function checkQuota(state: ClusterState, kind: Kind, object: KubeObject): void {
  const namespace = object.metadata.namespace ?? '';
  for (const quota of state.store.list(QUOTAS, namespace)) {
    const count = used(state, kind, namespace);
    const exceeded = limitsOf(quota, kind).filter(([, limit]) => count + 1 > limit);
    if (exceeded.length === 0) continue;
    const words = (value: (limit: number) => number) =>
      exceeded.map(([name, limit]) => `${name}=${value(limit)}`).join(',');
    const why =
      `exceeded quota: ${quota.metadata.name}, requested: ${words(() => 1)}, ` +
      `used: ${words(() => count)}, limited: ${words((limit) => limit)}`;
    throw forbidden(kind, object.metadata.name, why);
  }
}
