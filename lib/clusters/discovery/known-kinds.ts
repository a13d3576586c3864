/**
 * Discovery: which objects of a cluster are agents. Pure rules over objects as a watch tells them; what comes of them
 * stands in rows that lib/clusters/watches writes.
 *
 * This file holds the kinds that are looked at.
 */

/** What an object of a kind is to us. */
type Role = 'pod' | 'workload' | 'source';

export interface KnownKind {
  /** The core group is ''. At which version it is served the cluster says: none is written down here. */
  group: string;
  kind: string;
  role: Role;
}

export const KAGENT = 'kagent.dev';
export const KAGENT_1 = 'api.kagent.dev';
export const AGENT_SANDBOX = 'agents.x-k8s.io';

/** Everything that is watched where it is served. Agents of Kagenti are plain workloads with its label. */
export const KNOWN_KINDS: readonly KnownKind[] = [
  { group: '', kind: 'Pod', role: 'pod' },
  { group: 'apps', kind: 'Deployment', role: 'workload' },
  { group: 'apps', kind: 'StatefulSet', role: 'workload' },
  { group: KAGENT, kind: 'Agent', role: 'source' },
  { group: KAGENT_1, kind: 'Agent', role: 'source' },
  { group: AGENT_SANDBOX, kind: 'Sandbox', role: 'source' },
];

export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
