import type { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { createDeploymentSchema } from '#lib/model/deployment-plan.ts';
import { changedOf } from './finish-deployment.ts';
import { insertDeployment, payloadHashOf } from './insert-deployment.ts';
import { gateOf } from './judging/gate-of.ts';
import { requireSources } from './judging/require-sources.ts';
import { everyManagerNamed } from './losing-managers.ts';
import { changedEvent, type DeploymentRecord, type Doer, doerOf } from './move-deployment.ts';
import { freezeAt } from './policies/freeze-windows.ts';
import { policyFor } from './policies/policy-verbs.ts';
import { confirmedPreview } from './preview-deployment.ts';
import { requesterOf } from './requester.ts';
import { targetOf } from './target.ts';

const MINUTE_MS = 60_000;

/** Who asks, when, and why: for the timeline. */
export interface Asking {
  doer: Doer;
  requestedBy: DeploymentRecord['requestedBy'];
  requestedByName: string;
  at: Date;
  because?: string;
  /** The run of a workflow that built it. */
  hostRunId?: number | null;
}

/**
 * Makes the deployment that somebody asks for, as the policy of its environment says.
 *
 * @throws AppError as `createDeployment`
 */
export async function askForDeployment(
  tx: Tx,
  teamId: string,
  input: z.output<typeof createDeploymentSchema>,
  { doer, requestedBy, requestedByName, at, because, hostRunId = null }: Asking,
): Promise<{ row: DeploymentRecord; isNew: boolean; after: Record<string, unknown> }> {
  const {
    previewId,
    idempotencyKey = null,
    queue,
    autoRollback,
    gate: asked,
    forceManagers,
    ...plan
  } = input;
  const target = await targetOf(tx, teamId, plan);
  const freeze = await freezeAt(tx, teamId, target.environment, at);
  if (freeze)
    throw new AppError('conflict', `The freeze ${freeze.name} lasts until ${freeze.endsAt.toISOString()}.`);
  const policy = await policyFor(tx, teamId, target.environment);
  const gate = gateOf(policy.gate, asked, plan.version);
  if (asked !== undefined) await requireSources(tx, teamId, gate);
  const confirmed =
    previewId === undefined ? null : await confirmedPreview(tx, { teamId, id: previewId, plan, at });
  const losing =
    forceManagers.length === 0 ? [] : everyManagerNamed(confirmed?.conflicts ?? [], forceManagers);
  const forcing = losing.length === 0 ? {} : { managersLosingFields: losing, fields: confirmed?.conflicts };
  const needsApproval = policy.approvalsNeeded > 0;
  const { namespace, workloadKind, workload, container, image, version, gitRef, changeCause } = plan;
  const resolvesTag = plan.digest === null && !plan.byTag;
  const digest = plan.digest ?? confirmed?.digest ?? null;
  const platformDigests = confirmed?.platformDigests ?? [];
  const { row, isNew } = await insertDeployment(
    tx,
    {
      ...{ teamId, ...target, kind: 'deploy', namespace, workloadKind, workloadName: workload },
      ...{ container, image, version, digest, platformDigests, resolvesTag, gitRef, changeCause, hostRunId },
      ...{ expectedResourceVersion: confirmed?.resourceVersion ?? null, forceManagers: losing },
      ...{
        idempotencyKey,
        payloadHash: payloadHashOf({ plan, queue, autoRollback, gate: asked, ...forcing }),
      },
      autoRollback: autoRollback ?? policy.autoRollback,
      gate,
      approvalsNeeded: policy.approvalsNeeded,
      approverIds: policy.approverIds,
      approvalExpiresAt: needsApproval ? new Date(at.getTime() + policy.approvalMinutes * MINUTE_MS) : null,
      ...{ requestedBy, requestedByName, nextAt: at, createdAt: at },
    },
    { queue, doer, at, ...(because !== undefined && { because }) },
  );
  const { agentName: agent, clusterName: cluster } = target;
  const after = { ...plan, ...forcing, ...(gate && { gate }), agent, cluster, status: row.status };
  return { row, isNew, after };
}

/**
 * Asks for a version of an agent to be deployed. The policy of its environment says who must approve; a worker carries it
 * out then.
 *
 * @throws AppError `not_found` for an agent, a cluster or a preview that the team does not have; `invalid` for a namespace
 * that was not allowed, and a gate that is laxer than that of the policy; `conflict` during a freeze, for a preview that
 * is out of date (deployment S-15) or names other managers than `forceManagers` (S-04), while another deployment of the
 * workload is under way (S-55), and for an idempotency key that stands for something else (S-54)
 */
export const createDeployment = defineCommand({
  name: 'deployments.create',
  permission: 'deployments:create',
  feature: 'deployment_automation',
  input: createDeploymentSchema,
  audit: { action: 'deployment.create', target: 'deployment' },
  async run({ input, actor, tx, announce }) {
    const at = await databaseNow(tx);
    const doer = doerOf(actor);
    const asking = { doer, requestedBy: requesterOf(actor), requestedByName: doer.name, at };
    const { row, isNew, after } = await askForDeployment(tx, actor.teamId, input, asking);
    if (isNew) announce(changedEvent(row, at));
    return {
      result: changedOf(row),
      targetId: row.id,
      ...(isNew ? {} : { action: 'deployment.create-again' }),
      after,
    };
  },
});
