import type { AGENT_WORKLOADS, AgentFacts, AgentPlace } from '#lib/model/cluster-agent.ts';
import { gitOpsOwner } from '#lib/model/git-ops-owner.ts';
import { fieldAt, numberAt, recordAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import {
  AGENT,
  AGENT_CARD_PATH,
  AGENT_ID,
  DEPLOYMENT_ID,
  DISPLAY_NAME,
  METRICS_PORT,
} from '#lib/model/workload-keys.ts';
import type { ClusterObject, OwnerReference } from '#lib/ports/cluster/port.ts';
import { groupOf, KAGENT } from './known-kinds.ts';

const KAGENTI_TYPE = 'kagenti.io/type';
const KAGENTI_CARD = 'protocol.kagenti.io/a2a';
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** A workload that runs an agent, as far as it says itself. */
export interface SeenWorkload {
  /** The object that stands for the agent: the workload, or the Agent that owns it. */
  of: AgentPlace;
  uid: string;
  kind: (typeof AGENT_WORKLOADS)[number];
  name: string;
  container: string | null;
  image: string | null;
  labelVersion: string | null;
  displayName: string | null;
  replicas: number;
  readyReplicas: number;
  managedBy: AgentFacts['managedBy'];
  hasCard: boolean;
  hasMetrics: boolean;
  telemetry: AgentFacts['telemetry'];
}

/** The one that decides about an object; null where it stands for itself. */
export const controllerOf = ({ metadata }: ClusterObject): OwnerReference | null =>
  metadata.ownerReferences?.find((owner) => owner.controller) ?? null;

function kagentOwner(object: ClusterObject): OwnerReference | null {
  const owner = controllerOf(object);
  return owner?.kind === 'Agent' && groupOf(owner.apiVersion) === KAGENT ? owner : null;
}

/** By a label of ours or of Kagenti, or because an Agent of kagent owns it. */
function isAgent(object: ClusterObject): boolean {
  const labels = object.metadata.labels ?? {};
  if (labels[AGENT] === 'false') return false;
  return labels[AGENT] === 'true' || labels[KAGENTI_TYPE] === 'agent' || kagentOwner(object) !== null;
}

/** Of several containers the one that kubectl would take. */
function mainContainer(template: unknown) {
  const containers = recordsAt(template, 'spec', 'containers');
  const named = textAt(template, 'metadata', 'annotations', DEFAULT_CONTAINER);
  return containers.find((container) => textAt(container, 'name') === named) ?? containers[0];
}

function environmentOf(container: unknown): Map<string, string> {
  return new Map(
    recordsAt(container, 'env').map((each) => [textAt(each, 'name') ?? '', textAt(each, 'value') ?? '']),
  );
}

/** `key=value,key=value`, percent-encoded, as OpenTelemetry reads OTEL_RESOURCE_ATTRIBUTES. */
function resourceAttributes(text: string): Map<string, string> {
  const pairs = text.split(',').flatMap((pair): [string, string][] => {
    const [key = '', ...value] = pair.split('=');
    try {
      return [[key.trim(), decodeURIComponent(value.join('=').trim())]];
    } catch {
      return [];
    }
  });
  return new Map(pairs);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** How the agent's telemetry may call it: what its environment sets counts before what it is called here. */
function telemetryOf(object: ClusterObject, container: unknown, of: AgentPlace): AgentFacts['telemetry'] {
  const env = environmentOf(container);
  const attributes = resourceAttributes(env.get('OTEL_RESOURCE_ATTRIBUTES') ?? '');
  const labels = object.metadata.labels ?? {};
  const names = [
    attributes.get('gen_ai.agent.name'),
    env.get('OTEL_SERVICE_NAME') ?? attributes.get('service.name'),
    labels['app.kubernetes.io/name'],
    of.name,
  ];
  const id = labels[AGENT_ID];
  return {
    agentId: id !== undefined && UUID.test(id) ? id : null,
    names: [...new Set(names.filter((name): name is string => Boolean(name)))],
    serviceNamespace: attributes.get('service.namespace') || null,
    environment:
      attributes.get('deployment.environment.name') || attributes.get('deployment.environment') || null,
  };
}

function managerOf(object: ClusterObject): AgentFacts['managedBy'] {
  const { labels, annotations } = object.metadata;
  const kagent = kagentOwner(object);
  if (kagent) return { tool: 'kagent', name: kagent.name };
  const owner = gitOpsOwner(object);
  if (owner) return { tool: owner.tool, name: owner.name };
  if (annotations?.[DEPLOYMENT_ID]) return { tool: 'Pitwall', name: null };
  if (labels?.['app.kubernetes.io/managed-by'] !== 'Helm') return null;
  return { tool: 'Helm', name: annotations?.['meta.helm.sh/release-name'] ?? null };
}

/** What a Deployment or StatefulSet says of the agent that it runs; null where it runs none. */
export function seenWorkload(object: ClusterObject): SeenWorkload | null {
  const { kind, metadata } = object;
  if ((kind !== 'Deployment' && kind !== 'StatefulSet') || !isAgent(object)) return null;
  const kagent = kagentOwner(object);
  const namespace = metadata.namespace ?? '';
  const of = kagent
    ? { namespace, group: KAGENT, kind: kagent.kind, name: kagent.name }
    : { namespace, group: 'apps', kind, name: metadata.name };
  const template = recordAt(object, 'spec', 'template');
  const container = mainContainer(template);
  const annotations = { ...recordAt(template, 'metadata', 'annotations'), ...metadata.annotations };
  return {
    of,
    uid: kagent?.uid ?? metadata.uid ?? '',
    kind,
    name: metadata.name,
    container: textAt(container, 'name'),
    image: textAt(container, 'image'),
    labelVersion:
      metadata.labels?.['app.kubernetes.io/version'] ??
      textAt(template, 'metadata', 'labels', 'app.kubernetes.io/version'),
    displayName: textAt(annotations, DISPLAY_NAME),
    replicas: numberAt(object, 'spec', 'replicas') ?? 1,
    readyReplicas: numberAt(object, 'status', 'readyReplicas') ?? 0,
    managedBy: managerOf(object),
    hasCard:
      kagent !== null ||
      fieldAt(metadata.labels, KAGENTI_CARD) !== undefined ||
      textAt(annotations, AGENT_CARD_PATH) !== null,
    hasMetrics: textAt(annotations, METRICS_PORT) !== null,
    telemetry: telemetryOf(object, container, of),
  };
}
