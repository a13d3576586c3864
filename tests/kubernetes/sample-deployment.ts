import type { Deployment } from './controllers/workloads.ts';
import type { KubeObject } from './objects.ts';

/** A Deployment as somebody would write it: what is not said is left to the server. */
export function sampleDeployment(
  name: string,
  image: string,
  more: { namespace?: string; replicas?: number; spec?: Record<string, unknown> } = {},
): KubeObject {
  const { namespace = 'default', replicas, spec } = more;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      ...(replicas !== undefined && { replicas }),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image, ports: [{ containerPort: 8080 }] }] },
      },
      ...spec,
    },
  };
}

/** Reads a Deployment's fields without a check at each step; for tests of the server itself. */
export function asDeployment(object: KubeObject | null): Deployment {
  if (!object) throw new Error('there is no such deployment');
  return object as Deployment;
}
