/** A rollout as people see it: how far a cluster is with a version, what stands in its way, what it ran before. */

/** `unavailable`: the cluster does not say how far it is (deployment S-30). */
export type RolloutPhase = 'in_progress' | 'paused' | 'complete' | 'failed' | 'superseded' | 'unavailable';

export type RolloutReason =
  | 'not_observed'
  | 'updating'
  | 'old_pods'
  | 'not_available'
  | 'paused'
  | 'complete'
  | 'deadline_exceeded'
  | 'not_progressing'
  | 'foreign'
  | 'no_status';

export interface RolloutReplicas {
  desired: number;
  updated: number;
  available: number;
  /** Pods of former versions that still count. */
  old: number;
  /** Pods that are ending; null where the cluster does not count them (deployment S-29). */
  terminating: number | null;
}

export interface RolloutStatus {
  phase: RolloutPhase;
  reason: RolloutReason;
  message: string;
  replicas: RolloutReplicas;
}

/** What a rollout must have brought to be ours (deployment S-28). */
export interface RolloutTarget {
  deploymentId: string;
  /** The image of each container that we set, by digest where there is one. */
  images: Readonly<Record<string, string>>;
  /** Of the ReplicaSet that our change made, once it is known: a later one belongs to somebody else. */
  templateHash: string | null;
}

export type WorkloadHealth = 'healthy' | 'degraded' | 'unavailable';

export type TroubleKind = 'image' | 'config' | 'crash' | 'unschedulable' | 'quota';

/** How a container ended the last time. */
export interface LastExit {
  exitCode: number;
  /** The cluster's word, as `OOMKilled`. */
  reason: string | null;
}

/** What keeps a new version from running. */
export interface PodTrouble {
  kind: TroubleKind;
  /** The cluster's own word. */
  reason: string;
  /** Null where no pod came to be. */
  pod: string | null;
  container: string | null;
  message: string;
  /** Whether waiting will not help: the rollout has failed. */
  isFatal: boolean;
  /** Since when it was seen, Unix milliseconds. */
  sinceMs: number;
  lastExit: LastExit | null;
}

/** One version that a workload had, as the cluster remembers it. */
export interface RolloutRevision {
  /** Changes when the version is rolled back to; what stays is `templateHash` (deployment S-41). */
  revision: number;
  replicaSet: string;
  templateHash: string | null;
  changeCause: string | null;
  /** Ours, where it was made by a deployment of ours. */
  deploymentId: string | null;
  images: readonly { container: string; image: string }[];
  replicas: number;
  createdAtMs: number | null;
  isCurrent: boolean;
}

/** One difference that an apply would make. Absent sides are undefined; values of secrets are masked on both. */
export interface ObjectChange {
  /** As `spec.template.spec.containers[app].image`. */
  path: string;
  before: unknown;
  after: unknown;
  /** The values differ and are not shown (deployment S-16). */
  isMasked: boolean;
  /** A list that is replaced as a whole, other people's items included (deployment S-10). */
  isWholeList: boolean;
}

/** Who keeps a workload as a repository says, and would revert what is changed beside it (deployment S-47). */
export interface GitOpsOwner {
  tool: 'Argo CD' | 'Flux';
  /** The application, Kustomization or HelmRelease. */
  name: string;
  namespace: string | null;
}
