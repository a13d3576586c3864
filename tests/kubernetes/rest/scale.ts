import { isFields, type KubeObject } from '../objects.ts';

function selectorText(selector: unknown): string {
  const labels = isFields(selector) && isFields(selector.matchLabels) ? selector.matchLabels : {};
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** A workload as its /scale shows it. */
export function scaleOf(object: KubeObject): KubeObject {
  const spec = isFields(object.spec) ? object.spec : {};
  const status = isFields(object.status) ? object.status : {};
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec.replicas === undefined ? {} : { replicas: spec.replicas },
    status: { replicas: status.replicas ?? 0, selector: selectorText(spec.selector) },
  };
}

/** The workload with the number of replicas that a Scale asks for. */
export function withScale(object: KubeObject, scale: KubeObject): KubeObject {
  const wanted = isFields(scale.spec) ? (scale.spec.replicas ?? 0) : 0;
  const { resourceVersion } = scale.metadata;
  const metadata = { ...object.metadata, resourceVersion };
  return { ...object, metadata, spec: { ...(object.spec as object), replicas: wanted } };
}
