import type { AgentFacts, AgentPlace } from '#lib/model/cluster-agent.ts';
import { numberAt, recordAt, recordsAt, textAt } from '#lib/model/json-fields.ts';
import { AGENT, DISPLAY_NAME } from '#lib/model/workload-keys.ts';
import type { ClusterObject } from '#lib/ports/cluster/port.ts';
import { AGENT_SANDBOX, groupOf, KAGENT, KAGENT_1 } from './known-kinds.ts';
import { controllerOf } from './seen-workload.ts';

/** An object of a kind that stands for an agent, as far as it says itself. */
export interface SeenSource {
  of: AgentPlace;
  uid: string;
  displayName: string | null;
  specVersion: string | null;
  /** What kagent 1.x compiled it to. */
  revision: string | null;
  image: string | null;
  condition: string | null;
  /** Pods that it wants, where it has such a word. */
  replicas: number | null;
  scalesBySource: boolean;
  hasPods: boolean;
  hasCard: boolean;
  managedBy: AgentFacts['managedBy'];
}

/** Why it is not ready. Conditions of an older generation say nothing of this one. */
function conditionOf(object: ClusterObject): string | null {
  const { generation } = object.metadata;
  const bad = recordsAt(object, 'status', 'conditions').find((condition) => {
    const observed = numberAt(condition, 'observedGeneration');
    if (observed !== null && generation !== undefined && observed < generation) return false;
    const type = textAt(condition, 'type');
    return (type === 'Ready' || type === 'Accepted') && textAt(condition, 'status') === 'False';
  });
  if (!bad) return null;
  const [reason, message] = [textAt(bad, 'reason'), textAt(bad, 'message')];
  return [reason, message].filter(Boolean).join(': ') || 'Not ready';
}

function revisionOf(object: ClusterObject): string | null {
  const status = recordAt(object, 'status');
  const [harness] = recordsAt(status, 'harnesses');
  return textAt(status, 'latestSuccessfulRevision') ?? textAt(harness, 'latestSuccessfulRevision');
}

/** A Sandbox runs anything; it is an agent where somebody says so, or where nobody claimed it for something else. */
const isAgent = (object: ClusterObject): boolean =>
  object.metadata.labels?.[AGENT] !== 'false' && controllerOf(object)?.kind !== 'SandboxWarmPool';

/** What an Agent of kagent or a Sandbox says of itself; null for anything else. */
export function seenSource(object: ClusterObject): SeenSource | null {
  const group = groupOf(object.apiVersion);
  const { kind, metadata } = object;
  const known =
    ((group === KAGENT || group === KAGENT_1) && kind === 'Agent') ||
    (group === AGENT_SANDBOX && kind === 'Sandbox');
  if (!known || !isAgent(object)) return null;
  const isSandbox = group === AGENT_SANDBOX;
  const deployment = textAt(object, 'spec', 'type') === 'BYO' ? 'byo' : 'declarative';
  const [podContainer] = recordsAt(object, 'spec', 'podTemplate', 'spec', 'containers');
  return {
    of: { namespace: metadata.namespace ?? '', group, kind, name: metadata.name },
    uid: metadata.uid ?? '',
    displayName: metadata.annotations?.[DISPLAY_NAME] ?? null,
    specVersion: textAt(object, 'spec', 'version'),
    revision: revisionOf(object),
    image: isSandbox
      ? textAt(podContainer, 'image')
      : textAt(object, 'spec', deployment, 'deployment', 'image'),
    condition: conditionOf(object),
    replicas: isSandbox ? (numberAt(object, 'spec', 'replicas') ?? 1) : null,
    scalesBySource: group !== KAGENT_1,
    hasPods: group !== KAGENT_1,
    hasCard: !isSandbox,
    managedBy: isSandbox ? null : { tool: 'kagent', name: metadata.name },
  };
}
