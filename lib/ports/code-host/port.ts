/**
 * The promise to hosts of source code: what a deployment reads of a repository, and what it tells it.
 *
 * Every operation throws AppError: `unauthenticated` (the credential is not taken), `forbidden` (it may not),
 * `not_found`, `conflict`, `invalid` (the host refuses what was asked), `rate_limited` (until `retryAfterSeconds`;
 * nothing was sent, or it was refused), `unavailable` (no answer, or none that says what became of it).
 */
import type { HostState } from '#lib/model/host-state.ts';

/** How to act in a repository; opened, never stored or logged. */
export type HostCredential =
  | { kind: 'token'; token: string }
  | { kind: 'app'; appId: number; installationId: number; privateKey: string };

export interface HostedRepository {
  /** Origin of the server. */
  hostUrl: string;
  /** `owner/name`. */
  fullName: string;
  credential: HostCredential;
}

export interface HostCommit {
  /** Whole. */
  sha: string;
  message: string;
  author: string | null;
  url: string;
}

/** What lies between two commits, for release notes; the latest last. */
export interface HostComparison {
  commits: HostCommit[];
  /** So many there are; the host may list fewer. */
  total: number;
  url: string;
}

export interface HostPullRequest {
  number: number;
  title: string;
  url: string;
  state: 'open' | 'closed';
  mergedAt: number | null;
}

export interface HostRun {
  id: number;
  status: string;
  /** Null while it runs. */
  conclusion: string | null;
  url: string;
  sha: string;
}

export interface WorkflowDispatch {
  /** File name of the workflow. */
  workflow: string;
  /** Branch or tag. */
  ref: string;
  inputs: Readonly<Record<string, string>>;
  /** The input that the workflow repeats in its `run-name`, and what it is for this run only (deployment S-93). */
  correlation: { input: string; id: string } | null;
}

export interface HostDeployment {
  /** Whole. */
  sha: string;
  environment: string;
  isProduction: boolean;
  /** Ours: stands in the payload, so that one whose answer was lost is found again. */
  deploymentId: string;
  description: string;
}

export interface HostStatus {
  state: HostState;
  /** Cut at 140 characters. */
  description: string;
  /** Where the deployment is shown here. */
  logUrl: string;
}

export interface HookDelivery {
  id: number;
  guid: string;
  deliveredAt: number;
  event: string;
  /** What it was answered with; 0: nothing. */
  statusCode: number;
}

export interface CodeHost {
  /** Whether the repository can be reached with its credential. */
  check(repository: HostedRepository): Promise<void>;
  /** A branch, tag or commit, as the commit that it is now. */
  resolveRef(repository: HostedRepository, ref: string): Promise<HostCommit>;
  compare(repository: HostedRepository, base: string, head: string): Promise<HostComparison>;
  /** The pull request that brought a commit; null for none. */
  pullRequestOf(repository: HostedRepository, sha: string): Promise<HostPullRequest | null>;
  /**
   * Starts a workflow.
   *
   * @returns the id of the run; null where the host does not say and nothing is known by which it could be told
   */
  dispatch(repository: HostedRepository, asked: WorkflowDispatch): Promise<number | null>;
  /** The run that was started by a dispatch of ours, by what it repeats; null while there is none, or nothing to know it by. */
  findRun(repository: HostedRepository, asked: WorkflowDispatch): Promise<number | null>;
  getRun(repository: HostedRepository, id: number): Promise<HostRun>;
  /** Makes a deployment, or finds the one that was made for the same of ours. Answers its id there. */
  createDeployment(repository: HostedRepository, asked: HostDeployment): Promise<number>;
  addStatus(repository: HostedRepository, id: number, status: HostStatus): Promise<void>;
  /** What a webhook was sent since then, the latest first. */
  listDeliveries(repository: HostedRepository, hookId: string, sinceMs: number): Promise<HookDelivery[]>;
  /** Asks that a delivery is sent again. */
  redeliver(repository: HostedRepository, hookId: string, deliveryId: number): Promise<void>;
}
