import type { GitOpsOwner } from './rollout.ts';

/** As much of an object of a cluster as says who keeps it. */
interface KeptObject {
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
}

const ARGO_TRACKING = 'argocd.argoproj.io/tracking-id';
const ARGO_INSTANCE = 'argocd.argoproj.io/instance';
const FLUX = ['kustomize.toolkit.fluxcd.io', 'helm.toolkit.fluxcd.io'];

/**
 * The application of a tracking annotation, `app:group/kind:namespace/name`. A copy of somebody else's object carries
 * the annotation of the original: it must name this one.
 */
function argoApplication({ kind, metadata }: KeptObject): string | null {
  const tracked = /^([^:]+):[^/:]*\/([^:]+):([^/]*)\/(.+)$/.exec(metadata.annotations?.[ARGO_TRACKING] ?? '');
  if (!tracked) return metadata.labels?.[ARGO_INSTANCE] ?? null;
  const [, application = '', trackedKind, , name] = tracked;
  return trackedKind === kind && name === metadata.name ? application : null;
}

/** Who keeps an object as a repository says, or null where nobody does (deployment S-47). */
export function gitOpsOwner(object: KeptObject): GitOpsOwner | null {
  const application = argoApplication(object);
  if (application) return { tool: 'Argo CD', name: application, namespace: null };
  const labels = object.metadata.labels ?? {};
  for (const prefix of FLUX) {
    const name = labels[`${prefix}/name`];
    if (name) return { tool: 'Flux', name, namespace: labels[`${prefix}/namespace`] ?? null };
  }
  return null;
}

/** What to say before somebody changes by hand what a repository decides. */
export function revertWarning({ tool, name, namespace }: GitOpsOwner): string {
  const owner = namespace ? `${namespace}/${name}` : name;
  return `${tool} keeps this workload as ${owner} says and will revert the change: make it in its repository instead.`;
}
