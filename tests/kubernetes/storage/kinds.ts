import { isFields, type KubeObject } from '../objects.ts';

/** A kind that the server serves. */
export interface Kind {
  group: string;
  /** Served ones, the preferred first. Objects are stored once and shown in each. */
  versions: string[];
  plural: string;
  singular: string;
  kind: string;
  shortNames: string[];
  isNamespaced: boolean;
  subresources: ('status' | 'scale' | 'log')[];
  /** Made by a CustomResourceDefinition: no strategic merge, lists belong to one manager as a whole. */
  isCustom: boolean;
}

function builtIn(
  apiVersion: string,
  kind: string,
  plural: string,
  more: { short?: string[]; sub?: Kind['subresources']; isNamespaced?: boolean } = {},
): Kind {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return {
    group,
    versions: [version],
    plural,
    singular: kind.toLowerCase(),
    kind,
    shortNames: more.short ?? [],
    isNamespaced: more.isNamespaced ?? true,
    subresources: more.sub ?? [],
    isCustom: false,
  };
}

export const BUILT_IN: readonly Kind[] = [
  builtIn('v1', 'Namespace', 'namespaces', { short: ['ns'], sub: ['status'], isNamespaced: false }),
  builtIn('v1', 'Pod', 'pods', { short: ['po'], sub: ['status', 'log'] }),
  builtIn('v1', 'Event', 'events', { short: ['ev'] }),
  builtIn('v1', 'Service', 'services', { short: ['svc'], sub: ['status'] }),
  builtIn('v1', 'ConfigMap', 'configmaps', { short: ['cm'] }),
  builtIn('v1', 'Secret', 'secrets'),
  builtIn('v1', 'ServiceAccount', 'serviceaccounts', { short: ['sa'] }),
  builtIn('v1', 'ResourceQuota', 'resourcequotas', { short: ['quota'], sub: ['status'] }),
  builtIn('apps/v1', 'Deployment', 'deployments', { short: ['deploy'], sub: ['status', 'scale'] }),
  builtIn('apps/v1', 'ReplicaSet', 'replicasets', { short: ['rs'], sub: ['status', 'scale'] }),
  builtIn('apps/v1', 'StatefulSet', 'statefulsets', { short: ['sts'], sub: ['status', 'scale'] }),
  builtIn('apps/v1', 'DaemonSet', 'daemonsets', { short: ['ds'], sub: ['status'] }),
  builtIn('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
    short: ['hpa'],
    sub: ['status'],
  }),
  builtIn('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', {
    short: ['crd', 'crds'],
    sub: ['status'],
    isNamespaced: false,
  }),
];

const STAGES = { alpha: 0, beta: 1 } as const;

/** The order that Kubernetes gives versions: v2, v1, v1beta1, v1alpha2, then words. */
function priority(version: string): number[] {
  const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!found) return [-1, 0, 0];
  const stage = found[2] ? STAGES[found[2] as keyof typeof STAGES] : 2;
  return [stage, Number(found[1]), Number(found[3] ?? 0)];
}

function byPriority(a: string, b: string): number {
  const [one, other] = [priority(a), priority(b)];
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? a.localeCompare(b) : (other[at] ?? 0) - (one[at] ?? 0);
}

/** The kind that a CustomResourceDefinition makes. */
export function kindOfDefinition(definition: KubeObject): Kind {
  const spec = definition.spec as {
    group: string;
    scope: string;
    names: { plural: string; singular?: string; kind: string; shortNames?: string[] };
    versions: { name: string; served: boolean; subresources?: Record<string, unknown> }[];
  };
  const served = spec.versions.filter((version) => version.served);
  const sub = served.flatMap((version) =>
    isFields(version.subresources) ? Object.keys(version.subresources) : [],
  );
  return {
    group: spec.group,
    versions: served.map((version) => version.name).sort(byPriority),
    plural: spec.names.plural,
    singular: spec.names.singular ?? spec.names.kind.toLowerCase(),
    kind: spec.names.kind,
    shortNames: spec.names.shortNames ?? [],
    isNamespaced: spec.scope === 'Namespaced',
    subresources: (['status', 'scale'] as const).filter((name) => sub.includes(name)),
    isCustom: true,
  };
}
