import type { BoundAction } from '#components/ui/bound-action.ts';
import type { CancelMode } from '#lib/model/deployment.ts';
import type { DeploymentStatus } from '#lib/model/deployment-status.ts';

/** What an act answers: the deployment that it changed, or the one that it made. */
export interface Changed {
  id: string;
  status: DeploymentStatus;
  seq: number;
}

export type Act<I> = BoundAction<I & { id: string }, Changed>;

/** What somebody can do with a deployment. */
export interface DeploymentActions {
  approve: Act<{ comment: string }>;
  reject: Act<{ comment: string }>;
  cancel: Act<{ mode?: CancelMode }>;
  pause: Act<object>;
  resume: Act<object>;
  rollBack: Act<{ toDeploymentId?: string; resume: boolean; queue: boolean; idempotencyKey: string }>;
  force: Act<{ managers: string[] }>;
  passGate: Act<{ comment: string }>;
}
