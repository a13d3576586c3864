import type { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { requirePermission } from '#lib/access/require.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type CancelMode, cancelDeploymentSchema } from '#lib/model/deployment.ts';
import { changedOf, finishDeployment, lostRace, refuseUnlessCan } from './finish-deployment.ts';
import {
  changedEvent,
  type DeploymentRecord,
  doerOf,
  lockDeployment,
  noteOnDeployment,
} from './move-deployment.ts';
import { requesterOf } from './requester.ts';
import { insertRollback } from './rolling-back/insert-rollback.ts';

type Cancelling = CommandArgs<z.output<typeof cancelDeploymentSchema>>;

/** Asks the worker to pause the rollout and to end the deployment then: the cluster has to be told. */
async function pauseAndEnd(
  { actor, tx, announce }: Cancelling,
  row: DeploymentRecord,
  at: Date,
): Promise<DeploymentRecord> {
  const changed = await noteOnDeployment(tx, row, {
    ...{ code: 'cancel.wanted', message: 'The rollout is paused first', doer: doerOf(actor), at },
    set: { cancelMode: 'pause_rollout', nextAt: at },
  });
  if (!changed) throw lostRace();
  announce(changedEvent(changed, at));
  return changed;
}

async function endNow(
  { actor, tx, announce }: Cancelling,
  row: DeploymentRecord,
  mode: CancelMode | undefined,
  at: Date,
): Promise<DeploymentRecord> {
  const doer = doerOf(actor);
  const isBack = mode === 'roll_back';
  if (isBack) requirePermission(actor, 'deployments:rollback');
  if (isBack && row.previousManifest === null)
    throw new AppError('conflict', 'Nothing ran before it, so there is nothing to roll back to.');
  const goBack = async (cancelled: DeploymentRecord) => {
    if (!isBack) return null;
    const restored = { manifest: cancelled.previousManifest, deploymentId: null, revision: null };
    // Cancelled is also what was paused, and what is paused cannot be set back before it is resumed.
    const how = { doer, requestedBy: requesterOf(actor), at, resume: true };
    return (await insertRollback(tx, cancelled, restored, how)).row;
  };
  const change = { code: 'cancelled', doer, at, set: { cancelMode: mode ?? null } };
  const ended = await finishDeployment(tx, row, 'cancelled', change, goBack);
  if (!ended) throw lostRace();
  for (const event of ended.events) announce(event);
  return ended.row;
}

/**
 * Ends a deployment: one that is not under way at once, a rollout as `mode` says. Cancelling again changes nothing;
 * against the end of the rollout whoever commits first wins (deployment S-61).
 *
 * @throws AppError `invalid` without a mode for a rollout, `conflict` for what is over otherwise
 */
export const cancelDeployment = defineCommand({
  name: 'deployments.cancel',
  permission: 'deployments:create',
  feature: 'deployment_automation',
  input: cancelDeploymentSchema,
  audit: { action: 'deployment.cancel', target: 'deployment' },
  async run(args) {
    const { input, actor, tx } = args;
    const row = await lockDeployment(tx, actor.teamId, input.id);
    const at = await databaseNow(tx);
    if (row.status === 'cancelled') return { result: changedOf(row), targetId: row.id };
    refuseUnlessCan(row, { actor }, 'cancel');
    const isUnderWay = row.status === 'in_progress';
    if (isUnderWay && input.mode === undefined) {
      const issues = [{ path: 'mode', message: 'Say what becomes of the rollout.' }];
      throw new AppError('invalid', 'Some values are not valid.', { issues });
    }
    const mode = isUnderWay ? input.mode : undefined;
    const changed =
      mode === 'pause_rollout' ? await pauseAndEnd(args, row, at) : await endNow(args, row, mode, at);
    return {
      result: changedOf(changed),
      targetId: row.id,
      before: { status: row.status },
      after: { status: changed.status, ...(mode ? { mode } : {}) },
    };
  },
});
