import type { AGENT_WORKLOADS, AgentFacts, AgentPlace } from '#lib/model/cluster-agent.ts';
import { digestIn, ownerKey, type SeenPod } from './seen-pod.ts';
import type { SeenSource } from './seen-source.ts';
import type { SeenWorkload } from './seen-workload.ts';

/** One agent, however many objects speak of it. */
export interface FoundAgent extends AgentPlace {
  uid: string;
  workload: { kind: (typeof AGENT_WORKLOADS)[number]; name: string; container: string | null } | null;
  facts: AgentFacts;
}

export interface Seen {
  workloads: readonly SeenWorkload[];
  sources: readonly SeenSource[];
  pods: readonly SeenPod[];
}

/** The same words for the same agent. */
export const placeKey = ({ namespace, group, kind, name }: AgentPlace): string =>
  [namespace, group, kind, name].join('\n');

/** The tag of an image; none where it is given by digest alone. */
function tagOf(image: string | null): string | null {
  const [name = ''] = (image ?? '').split('@');
  return /:([^/:]+)$/.exec(name)?.[1] ?? null;
}

/** What is shown as the version: what says most exactly what runs (7.3, 4). */
function versionOf(by: {
  digest: string | null;
  label: string | null;
  tag: string | null;
  spec: string | null;
  revision: string | null;
}): Pick<AgentFacts, 'version' | 'versionFrom'> {
  for (const versionFrom of ['digest', 'label', 'tag', 'spec', 'revision'] as const)
    if (by[versionFrom]) return { version: by[versionFrom], versionFrom };
  return { version: null, versionFrom: null };
}

/** What all pods run, while they run the same; during a rollout what is to run counts. */
function digestOf(pods: readonly SeenPod[], container: string | null, image: string | null): string | null {
  const running = new Set(
    pods.flatMap(({ digests }) => digests[container ?? Object.keys(digests)[0] ?? ''] ?? []),
  );
  return running.size === 1 ? ([...running][0] ?? null) : digestIn(image);
}

function capabilitiesOf(
  workload: SeenWorkload | null,
  source: SeenSource | null,
  managedBy: AgentFacts['managedBy'],
): AgentFacts['capabilities'] {
  // Edits of a Deployment that belongs to an Agent are reverted: that is scaled through the Agent (7.3, 5).
  const isOurs = managedBy?.tool !== 'kagent';
  const bySource = source?.scalesBySource || !isOurs ? 'source' : 'no';
  return {
    deployable: workload?.kind === 'Deployment' && isOurs,
    scalable: workload && isOurs ? 'workload' : source?.scalesBySource === false ? 'no' : bySource,
    logs: workload !== null || source?.hasPods === true,
    card: workload?.hasCard === true || source?.hasCard === true,
    metrics: workload?.hasMetrics ?? false,
  };
}

function foundAgent(
  of: AgentPlace,
  workload: SeenWorkload | null,
  source: SeenSource | null,
  podsOf: (owner: string) => readonly SeenPod[],
): FoundAgent {
  const pods = podsOf(workload ? ownerKey(workload.kind, workload.name) : ownerKey(of.kind, of.name));
  const image = workload?.image ?? source?.image ?? null;
  const digest = digestOf(pods, workload?.container ?? null, image);
  const managedBy = workload?.managedBy ?? source?.managedBy ?? null;
  const names = { agentId: null, names: [of.name], serviceNamespace: null, environment: null };
  const { namespace, group, kind, name } = of;
  return {
    ...{ namespace, group, kind, name, uid: source?.uid ?? workload?.uid ?? '' },
    workload: workload && { kind: workload.kind, name: workload.name, container: workload.container },
    facts: {
      displayName: source?.displayName ?? workload?.displayName ?? name,
      image,
      digest,
      ...versionOf({
        digest,
        label: workload?.labelVersion ?? null,
        tag: tagOf(image),
        spec: source?.specVersion ?? null,
        revision: source?.revision ?? null,
      }),
      managedBy,
      capabilities: capabilitiesOf(workload, source, managedBy),
      replicas: workload?.replicas ?? source?.replicas ?? null,
      readyReplicas:
        workload?.readyReplicas ??
        (source?.replicas === null || !source ? null : pods.filter(({ isReady }) => isReady).length),
      condition: source?.condition ?? null,
      telemetry: workload?.telemetry ?? names,
    },
  };
}

/** Of several workloads of one Agent the one that has its name. */
function mainWorkload(of: AgentPlace, workloads: readonly SeenWorkload[]): SeenWorkload | null {
  const byName = [...workloads].sort((a, b) => (a.name < b.name ? -1 : 1));
  return byName.find(({ name }) => name === of.name) ?? byName[0] ?? null;
}

/**
 * The agents that objects speak of, each once: an Agent of kagent and the Deployment that it owns are one
 * (7.3, 3). What is seen of one may come before what is seen of the other, or alone where only one may be read.
 */
export function foundAgents({ workloads, sources, pods }: Seen): FoundAgent[] {
  const workloadsBy = Map.groupBy(workloads, ({ of }) => placeKey(of));
  const sourceBy = new Map(sources.map((source) => [placeKey(source.of), source]));
  const podsBy = Map.groupBy(pods, ({ namespace, owner }) => `${namespace}\n${owner}`);
  const places = new Map([...workloads, ...sources].map(({ of }) => [placeKey(of), of]));
  return [...places].map(([key, of]) =>
    foundAgent(
      of,
      mainWorkload(of, workloadsBy.get(key) ?? []),
      sourceBy.get(key) ?? null,
      (owner) => podsBy.get(`${of.namespace}\n${owner}`) ?? [],
    ),
  );
}
