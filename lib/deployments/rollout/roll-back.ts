import { fieldAt, recordAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import type { ClusterObject, ObjectPatch } from '#lib/ports/cluster/port.ts';
import { isSameTemplate, ownedBy, plainTemplate, revisionOf } from './replica-sets.ts';

/** Annotations that say something about the Deployment itself and so never come from one of its ReplicaSets. */
const OWN_ANNOTATIONS = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
];

export type RollbackPlan =
  | { kind: 'unknown_revision' | 'paused' | 'nothing_to_do'; message: string }
  | {
      kind: 'patch';
      patch: ObjectPatch;
      /** What stays as it is although the former version may have had it otherwise (deployment S-45). */
      notRolledBack: readonly string[];
    };

/** ConfigMaps and Secrets that pods read, by kind and name: their content is not part of a template. */
function readByPods(template: unknown): string[] {
  const spec = recordAt(template, 'spec');
  const containers = [...recordsAt(spec, 'initContainers'), ...recordsAt(spec, 'containers')];
  const environment = containers.flatMap((container) => [
    ...recordsAt(container, 'envFrom').flatMap((source) => [
      ['ConfigMap', textAt(source, 'configMapRef', 'name')],
      ['Secret', textAt(source, 'secretRef', 'name')],
    ]),
    ...recordsAt(container, 'env').flatMap((variable) => [
      ['ConfigMap', textAt(variable, 'valueFrom', 'configMapKeyRef', 'name')],
      ['Secret', textAt(variable, 'valueFrom', 'secretKeyRef', 'name')],
    ]),
  ]);
  const volumes = recordsAt(spec, 'volumes').flatMap((volume) => [
    ['ConfigMap', textAt(volume, 'configMap', 'name')],
    ['Secret', textAt(volume, 'secret', 'secretName')],
    ...recordsAt(volume, 'projected', 'sources').flatMap((source) => [
      ['ConfigMap', textAt(source, 'configMap', 'name')],
      ['Secret', textAt(source, 'secret', 'name')],
    ]),
  ]);
  const named = [...environment, ...volumes].flatMap(([kind, name]) => (name ? [`${kind} ${name}`] : []));
  return [...new Set(named)].sort();
}

function annotationsAfter(
  deployment: ClusterObject,
  replicaSet: ClusterObject,
  marks: Readonly<Record<string, string>>,
): Record<string, string> {
  const isOwn = ([name]: [string, string]) => OWN_ANNOTATIONS.includes(name);
  const kept = Object.entries(deployment.metadata.annotations ?? {}).filter(isOwn);
  const former = Object.entries(replicaSet.metadata.annotations ?? {}).filter((entry) => !isOwn(entry));
  return { ...Object.fromEntries([...kept, ...former]), ...marks };
}

/**
 * Plans the way back to a revision: the patch that `kubectl rollout undo` sends, with the template of its ReplicaSet
 * but without the hash, which no selector would match (deployment S-40, S-42, S-43).
 *
 * @param marks annotations that the Deployment gets besides, such as the deployment of ours that does it
 */
export function planRollback(
  deployment: ClusterObject,
  replicaSets: readonly ClusterObject[],
  revision: number,
  marks: Readonly<Record<string, string>>,
): RollbackPlan {
  const former = ownedBy(deployment, replicaSets).find((set) => revisionOf(set) === revision);
  if (!former)
    return { kind: 'unknown_revision', message: `The cluster knows no revision ${revision} any more.` };
  if (fieldAt(deployment, 'spec', 'paused') === true)
    return {
      kind: 'paused',
      message: 'A paused rollout cannot be rolled back: resume it and roll it back.',
    };
  if (isSameTemplate(former, deployment))
    return { kind: 'nothing_to_do', message: `Revision ${revision} is what runs already.` };
  const template = plainTemplate(former);
  const annotations = annotationsAfter(deployment, former, marks);
  return {
    kind: 'patch',
    patch: {
      form: 'json',
      operations: [
        { op: 'replace', path: '/spec/template', value: template },
        {
          op: deployment.metadata.annotations ? 'replace' : 'add',
          path: '/metadata/annotations',
          value: annotations,
        },
      ],
    },
    notRolledBack: ['the number of replicas', ...readByPods(template)],
  };
}
