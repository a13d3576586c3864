/**
 * A new deployment: choose, see what it would change, confirm.
 *
 * This file holds what is typed, how it is filled in with what was deployed last, and what it comes to.
 */
import { isActive } from '#lib/model/deployment-status.ts';
import type { DeploymentStart } from '#lib/model/deployment-view.ts';

export interface PlanDraft {
  clusterId: string;
  namespace: string;
  workload: string;
  container: string;
  image: string;
  version: string;
  digest: string;
  gitRef: string;
  repositoryId: string;
  sha: string;
  changeCause: string;
  /** The tag is applied without asking its registry what it stands for. */
  byTag: boolean;
}

type TextName = { [K in keyof PlanDraft]: PlanDraft[K] extends string ? K : never }[keyof PlanDraft];

export const EMPTY_DRAFT: PlanDraft = {
  ...{ clusterId: '', namespace: '', workload: '', container: '', image: '', version: '' },
  ...{ digest: '', gitRef: '', repositoryId: '', sha: '', changeCause: '' },
  byTag: false,
};

/** A cluster as a choice. */
export interface ClusterChoice {
  id: string;
  name: string;
  /** The only ones that may be deployed to. */
  namespaces: readonly string[];
}

/** What only one choice is left for is chosen. */
function onlyOf(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? '') : '';
}

/** The cluster that is meant: one that is still connected, else the only one. */
function clusterFor(wanted: string, clusters: readonly ClusterChoice[]): ClusterChoice | undefined {
  return clusters.find(({ id }) => id === wanted) ?? (clusters.length === 1 ? clusters[0] : undefined);
}

/** Another cluster has other namespaces; one of the same name stays. */
export function inCluster(
  draft: PlanDraft,
  clusterId: string,
  clusters: readonly ClusterChoice[],
): Pick<PlanDraft, 'clusterId' | 'namespace'> {
  const names = clusters.find(({ id }) => id === clusterId)?.namespaces ?? [];
  return { clusterId, namespace: names.includes(draft.namespace) ? draft.namespace : onlyOf(names) };
}

/**
 * Fills in where and what was deployed last of an agent; what somebody has typed stays. The version is what they came to
 * choose: it and what belongs to it are never taken from the last time.
 */
export function fillIn(
  draft: PlanDraft,
  typed: ReadonlySet<keyof PlanDraft>,
  last: DeploymentStart['last'],
  clusters: readonly ClusterChoice[],
): PlanDraft {
  const keep = (name: TextName, found: string) => (typed.has(name) ? draft[name] : found);
  const cluster = clusterFor(keep('clusterId', last?.clusterId ?? ''), clusters);
  const place = {
    ...draft,
    namespace: keep('namespace', last?.namespace ?? ''),
    workload: keep('workload', last?.workload ?? ''),
    container: keep('container', last?.container ?? ''),
    image: keep('image', last?.image ?? ''),
    repositoryId: keep('repositoryId', last?.repositoryId ?? ''),
  };
  return { ...place, ...inCluster(place, cluster?.id ?? '', clusters) };
}

/** What is known of the version before, in words; empty where none is. */
export function lastWords(last: DeploymentStart['last']): string {
  if (last === null || last.version === '') return '';
  const { version, status } = last;
  if (status === null) return `Found in its cluster: ${version}.`;
  if (status === 'completed') return `Last deployed: ${version}.`;
  return `${isActive(status) ? 'Under way' : 'Last asked for'}: ${version}.`;
}

/** What a deployment cannot do without, in words, by the name of the field. */
export function missingFrom(draft: PlanDraft): Map<string, string> {
  const words: Partial<Record<TextName, string>> = {
    clusterId: 'Choose a cluster.',
    namespace: 'Choose a namespace.',
    workload: 'Name the workload, as kubectl shows it.',
    container: 'Name the container whose image changes.',
    image: 'Name the image, without tag and digest.',
    version: 'Say which version: the tag of the image.',
  };
  const missing = new Map<string, string>();
  for (const [name, message] of Object.entries(words))
    if (draft[name as TextName].trim() === '') missing.set(name, message);
  if (draft.repositoryId !== '' && draft.sha.trim() === '')
    missing.set('source.sha', 'Give the commit, so that its host can be told; or choose no repository.');
  return missing;
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** The plan of an agent as verbs take it. */
export function planOf(agentId: string, draft: PlanDraft) {
  const { clusterId, repositoryId } = draft;
  const [sha, digest] = [orNull(draft.sha), orNull(draft.digest)];
  return {
    ...{ agentId, clusterId, namespace: draft.namespace, workload: draft.workload.trim() },
    ...{ container: draft.container.trim(), image: draft.image.trim(), version: draft.version.trim() },
    ...{ digest, byTag: draft.byTag && digest === null, gitRef: orNull(draft.gitRef) },
    source: repositoryId !== '' && sha !== null ? { repositoryId, sha } : null,
    changeCause: draft.changeCause.trim(),
  };
}
export type PlanInput = ReturnType<typeof planOf>;
