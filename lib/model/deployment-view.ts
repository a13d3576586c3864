import type { Ability, Page } from './agent-view.ts';
import type { DeploymentPolicy, DeploymentRow } from './deployment.ts';
import type { DeploymentPlan } from './deployment-plan.ts';
import type { DeploymentStatus } from './deployment-status.ts';

/** What pages show of deployments beside the list and the page of one: of an agent, before an alert, before a new one. */

/** Where an agent was deployed to, and what runs there as far as is known here. */
export interface AgentWorkload {
  cluster: DeploymentRow['cluster'];
  namespace: string;
  workload: DeploymentRow['workload'];
  /** What was completed last; null: nothing was. */
  running: DeploymentRow | null;
  /** What changed it after that, or changes it now: under way, failed, or given up on the way. */
  after: DeploymentRow | null;
  /** The deployment that is taken back when an earlier version is to return, and whether that may be done. */
  takesBack: { id: string; can: Ability } | null;
}

/** One deployment in the history of an agent. */
export interface AgentDeployment extends DeploymentRow {
  isRunning: boolean;
  /** Of the workload's deployment that is taken back for it; null where it cannot return. */
  returnsBy: string | null;
}

export interface AgentDeployments {
  /** The one that changed last first. */
  workloads: AgentWorkload[];
  history: Page<AgentDeployment>;
}

/** The deployment that changed an agent last before a moment, and how it is taken back. */
export interface DeploymentBefore {
  deployment: DeploymentRow;
  /** What was deployed to the same place since. */
  later: DeploymentRow | null;
  rollBack: Ability;
}

/** What a new deployment of an agent begins with, and what stands in its way. */
export interface DeploymentStart {
  environment: string;
  /** Where and what was deployed last, or else runs in a cluster; null: neither is known. */
  last:
    | (Pick<DeploymentPlan, 'clusterId' | 'namespace' | 'workload' | 'container' | 'image' | 'version'> & {
        repositoryId: string | null;
        /** How far that deployment is; null: it runs in a cluster without having been deployed from here. */
        status: DeploymentStatus | null;
      })
    | null;
  policy: Pick<DeploymentPolicy, 'approvalsNeeded' | 'approvalMinutes' | 'autoRollback'>;
  /** In which nothing is deployed there now. */
  freeze: { name: string; endsAt: number } | null;
}

/** A deployment that ended so long before an alert began may have caused it, milliseconds. */
export const SUSPECT_MS = 2 * 3_600_000;

/** So many of the latest deployments stand among the changes of the overview. */
export const RECENT_DEPLOYMENTS = 20;
