import type { KubeObject } from './objects.ts';

/**
 * The CustomResourceDefinition of a kind (HTTPRoute, kagent's Agent, ...): `cluster.create` it and the server
 * serves the kind. Of several versions Kubernetes prefers the most stable; all show the same objects.
 */
export function customKind(names: {
  group: string;
  kind: string;
  plural: string;
  versions: readonly string[];
  isNamespaced?: boolean;
  /** Has a /scale on `spec.replicas`. */
  isScalable?: boolean;
}): KubeObject {
  const { group, kind, plural, versions, isNamespaced = true, isScalable = false } = names;
  const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  const subresources = { status: {}, ...(isScalable && { scale }) };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: isNamespaced ? 'Namespaced' : 'Cluster',
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: versions.map((name, index) => ({ name, served: true, storage: index === 0, subresources })),
    },
    status: { conditions: [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }] },
  };
}
