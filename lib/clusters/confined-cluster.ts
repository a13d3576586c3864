import { NAMESPACE } from '#lib/model/cluster.ts';
import { type Cluster, ClusterError } from '#lib/ports/cluster/port.ts';

/** @throws ClusterError `forbidden` for a namespace that is none or is not one of the allowed */
function requireNamespace(allowed: ReadonlySet<string>, namespace: string | null): void {
  if (namespace !== null && !NAMESPACE.test(namespace))
    throw new ClusterError('forbidden', `${JSON.stringify(namespace)} is no name of a namespace.`);
  if (namespace === null || !allowed.has(namespace))
    throw new ClusterError(
      'forbidden',
      `Pitwall may not use ${namespace === null ? 'all namespaces at once' : `the namespace ${namespace}`} of this cluster: it is not among those that were allowed.`,
    );
}

/**
 * A cluster in which only some namespaces are there, whatever its credentials would allow: anything else is refused
 * before it is sent (deployment S-69).
 */
export function confinedCluster(cluster: Cluster, namespaces: readonly string[]): Cluster {
  const allowed = new Set(namespaces);
  const check = (namespace: string | null): void => requireNamespace(allowed, namespace);
  return {
    kindsOf: (group, signal) => cluster.kindsOf(group, signal),
    async read(ref, signal) {
      check(ref.namespace);
      return cluster.read(ref, signal);
    },
    async list(place, options, signal) {
      check(place.namespace);
      return cluster.list(place, options, signal);
    },
    async apply(ref, object, options, signal) {
      check(ref.namespace);
      if (object.metadata.namespace !== undefined) check(object.metadata.namespace);
      return cluster.apply(ref, object, options, signal);
    },
    async patch(ref, patch, options, signal) {
      check(ref.namespace);
      return cluster.patch(ref, patch, options, signal);
    },
    async remove(ref, signal) {
      check(ref.namespace);
      return cluster.remove(ref, signal);
    },
    async mayI(questions, signal) {
      for (const { namespace } of questions) check(namespace);
      return cluster.mayI(questions, signal);
    },
    watch(place, options, handlers) {
      check(place.namespace);
      return cluster.watch(place, options, handlers);
    },
    async *logs(pod, query, signal) {
      check(pod.namespace);
      yield* cluster.logs(pod, query, signal);
    },
    close: () => cluster.close(),
  };
}
