import { databaseNow } from '#db/now.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { forceDeploymentSchema } from '#lib/model/deployment.ts';
import { changedOf, refuseUnlessCan } from './finish-deployment.ts';
import { insertDeployment, payloadHashOf } from './insert-deployment.ts';
import { everyManagerNamed } from './losing-managers.ts';
import { changedEvent, doerOf, lockDeployment } from './move-deployment.ts';
import { requesterOf } from './requester.ts';

/**
 * Asks again for a deployment that other managers stood in the way of, and takes their fields over: whoever confirms
 * it names each of them (deployment S-04). A manager that comes up only then stops it again.
 *
 * @throws AppError `conflict` where no conflict stopped it, or the names are not those
 */
export const forceDeployment = defineCommand({
  name: 'deployments.force',
  permission: 'deployments:create',
  feature: 'deployment_automation',
  input: forceDeploymentSchema,
  audit: { action: 'deployment.force', target: 'deployment' },
  async run({ input, actor, tx, announce }) {
    const stopped = await lockDeployment(tx, actor.teamId, input.id);
    const at = await databaseNow(tx);
    refuseUnlessCan(stopped, { actor }, 'force');
    const losing = everyManagerNamed(stopped.conflicts, input.managers);
    const doer = doerOf(actor);
    const { agentId, agentName, environment, clusterId, clusterName, namespace } = stopped;
    const { workloadKind, workloadName, container, image, version, digest, gitRef, changeCause } = stopped;
    const { repositoryId, sha, resolvesTag, platformDigests } = stopped;
    const plan = {
      agentName,
      environment,
      clusterName,
      namespace,
      container,
      image,
      version,
      digest,
      gitRef,
      resolvesTag,
      platformDigests,
    };
    const where = { agentId, clusterId, workloadKind, workloadName, changeCause, repositoryId, sha };
    const policy = {
      approvalsNeeded: stopped.approvalsNeeded,
      approverIds: stopped.approverIds,
      autoRollback: stopped.autoRollback,
      gate: stopped.gate,
      // It waits for approval as long as the one before was meant to.
      approvalExpiresAt:
        stopped.approvalExpiresAt &&
        new Date(at.getTime() + stopped.approvalExpiresAt.getTime() - stopped.createdAt.getTime()),
    };
    const { row } = await insertDeployment(
      tx,
      {
        ...{ teamId: actor.teamId, kind: 'deploy', ...plan, ...where, ...policy },
        ...{ forceManagers: losing, payloadHash: payloadHashOf({ forced: stopped.id, named: losing }) },
        ...{ requestedBy: requesterOf(actor), requestedByName: doer.name, nextAt: at, createdAt: at },
      },
      { queue: false, doer, at },
    );
    announce(changedEvent(row, at));
    const after = { forces: stopped.id, version, managersLosingFields: losing, fields: stopped.conflicts };
    return { result: changedOf(row), targetId: row.id, after };
  },
});
