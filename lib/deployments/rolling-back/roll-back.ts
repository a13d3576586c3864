import type { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { rollBackSchema } from '#lib/model/deployment.ts';
import { changedOf, refuseUnlessCan } from '../finish-deployment.ts';
import { changedEvent, type DeploymentRecord, doerOf, lockDeployment } from '../move-deployment.ts';
import { requesterOf } from '../requester.ts';
import { appliedOf, insertRollback, type Restored } from './insert-rollback.ts';

async function restoredBy(
  { input, tx }: CommandArgs<z.output<typeof rollBackSchema>>,
  row: DeploymentRecord,
): Promise<Restored> {
  const { toDeploymentId, toRevision } = input;
  if (toDeploymentId !== undefined && toRevision !== undefined)
    throw new AppError('invalid', 'Name a deployment or a revision, not both.');
  if (toRevision !== undefined) return { manifest: null, deploymentId: null, revision: toRevision };
  if (toDeploymentId === undefined)
    return { manifest: row.previousManifest, deploymentId: null, revision: null };
  const to = await appliedOf(tx, row, toDeploymentId);
  if (!to) throw new AppError('not_found', 'This workload has had no such deployment.');
  return { manifest: to.manifest, deploymentId: to.id, revision: null };
}

/**
 * Takes a deployment back, as a deployment of its own: what ran before returns, or what another deployment brought, or
 * a revision of the cluster. Freezes do not stop it (deployment S-46); it is taken back once the rollback is complete.
 *
 * @throws AppError `not_found`; `conflict` where its state does not admit it, or another deployment is under way
 */
export const rollBackDeployment = defineCommand({
  name: 'deployments.roll-back',
  permission: 'deployments:rollback',
  feature: 'deployment_automation',
  input: rollBackSchema,
  audit: { action: 'deployment.roll-back', target: 'deployment' },
  async run(args) {
    const { input, actor, tx, announce } = args;
    const target = await lockDeployment(tx, actor.teamId, input.id);
    const at = await databaseNow(tx);
    refuseUnlessCan(target, { actor }, 'rollBack');
    const restored = await restoredBy(args, target);
    const { row, isNew } = await insertRollback(tx, target, restored, {
      ...{ doer: doerOf(actor), requestedBy: requesterOf(actor), at },
      ...{ resume: input.resume, queue: input.queue, idempotencyKey: input.idempotencyKey },
    });
    if (isNew) announce(changedEvent(row, at));
    return {
      result: changedOf(row),
      targetId: row.id,
      after: {
        takesBack: target.id,
        version: row.version,
        restoresDeploymentId: row.restoresDeploymentId,
        restoresRevision: row.restoresRevision,
      },
    };
  },
});
