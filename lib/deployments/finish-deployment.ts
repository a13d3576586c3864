import type { Tx } from '#db/client.ts';
import type { CommandArgs } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { DeploymentAction } from '#lib/model/deployment.ts';
import type { DeploymentStatus } from '#lib/model/deployment-status.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import { deploymentCan } from './deployment-can.ts';
import { factsOf } from './deployment-rows.ts';
import {
  type Change,
  changedEvent,
  type DeploymentRecord,
  moveDeployment,
  promoteQueued,
} from './move-deployment.ts';

/** What a verb hands back about the deployment that it changed. */
export interface DeploymentChanged {
  id: string;
  status: DeploymentStatus;
  seq: number;
}

export const changedOf = ({ id, status, seq }: DeploymentRecord): DeploymentChanged => ({ id, status, seq });

/** Somebody, or the cluster, was faster: what is over stays as it is (deployment S-52, S-61). */
export const lostRace = () =>
  new AppError('conflict', 'The deployment has changed meanwhile. Look at it again.');

/** @throws AppError `conflict` with the words of the disabled button */
export function refuseUnlessCan(
  row: DeploymentRecord,
  { actor }: Pick<CommandArgs<unknown>, 'actor'>,
  action: DeploymentAction,
): void {
  const ability = deploymentCan(factsOf(row, actor), action);
  if (!ability.allowed) throw new AppError('conflict', ability.reason);
}

/**
 * Ends a deployment, and lets the one that waits behind it move up.
 *
 * @param beforeNext what is to take the workload first, as a rollback does
 * @returns the deployment and what is to be announced; null where somebody else was faster
 */
export async function finishDeployment(
  tx: Tx,
  before: DeploymentRecord,
  to: DeploymentStatus,
  change: Change,
  beforeNext?: (row: DeploymentRecord) => Promise<DeploymentRecord | null>,
): Promise<{ row: DeploymentRecord; events: TeamEvent[]; follower: DeploymentRecord | null } | null> {
  const row = await moveDeployment(tx, before, to, change);
  if (!row) return null;
  const follower = (await beforeNext?.(row)) ?? null;
  const next = await promoteQueued(tx, row, change.at);
  const changed = [row, follower, next].filter((each) => each !== null);
  return { row, follower, events: changed.map((each) => changedEvent(each, change.at)) };
}
