import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { deploymentPreviews } from '#db/schema/deployments.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  type DeploymentPlan,
  type DeploymentPreview,
  deploymentPlanSchema,
} from '#lib/model/deployment-plan.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { activeDeployment } from './active-deployment.ts';
import { payloadHashOf } from './insert-deployment.ts';
import { targetOf } from './target.ts';

/** A preview is confirmed within this time or asked for again, milliseconds. */
const VALID_MS = 10 * 60_000;

type Row = typeof deploymentPreviews.$inferSelect;

async function viewOf(db: Reader, row: Row): Promise<DeploymentPreview> {
  const { clusterId, namespace, workloadKind, workload: workloadName } = row.plan;
  const place = { teamId: row.teamId, clusterId, namespace, workloadKind, workloadName };
  const { id, status, message, digest, changes, conflicts, warnings } = row;
  const isNew = row.resourceVersion === '';
  return {
    id,
    status,
    message,
    digest,
    isNew,
    changes,
    conflicts,
    warnings,
    active: await activeDeployment(db, place),
    expiresAt: row.expiresAt.getTime(),
  };
}

/** Asks a worker what a deployment would change; nothing changes by it (deployment S-12, S-13). */
export const previewDeployment = defineCommand({
  name: 'deployments.preview',
  permission: 'deployments:create',
  feature: 'deployment_automation',
  isHeavy: true,
  input: deploymentPlanSchema,
  audit: { action: 'deployment.preview', target: 'deployment-preview' },
  async run({ input, actor, tx }) {
    const target = await targetOf(tx, actor.teamId, input);
    const at = await databaseNow(tx);
    const id = uuidv7();
    const [row] = await tx
      .insert(deploymentPreviews)
      .values({
        ...{ id, teamId: actor.teamId, plan: input, payloadHash: payloadHashOf(input) },
        ...{ createdAt: at, expiresAt: new Date(at.getTime() + VALID_MS) },
      })
      .returning();
    if (!row) throw new AppError('internal', 'The preview was not made.');
    const after = { agent: target.agentName, cluster: target.clusterName, version: input.version };
    return { result: await viewOf(tx, row), targetId: id, after };
  },
});

/** @throws AppError `not_found` */
export const readPreview = defineQuery({
  name: 'deployments.preview-result',
  permission: 'deployments:create',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  async run({ input: { id }, actor, db }): Promise<DeploymentPreview> {
    const own = and(eq(deploymentPreviews.id, id), eq(deploymentPreviews.teamId, actor.teamId));
    const [row] = await db.select().from(deploymentPreviews).where(own);
    if (!row) throw new AppError('not_found', 'There is no such preview.');
    return viewOf(db, row);
  },
});

/** What a preview found, for the deployment that confirms it. */
export type Confirmed = Pick<Row, 'resourceVersion' | 'digest' | 'platformDigests' | 'conflicts'>;

const notToConfirm = (message: string) =>
  new AppError('conflict', message, { issues: [{ path: 'previewId', message }] });

/**
 * The preview that a deployment confirms: the version of the workload that it was made of, what its tag stood for, and
 * who would lose fields (deployment S-04, S-15, S-67).
 *
 * @throws AppError `not_found`; `conflict` for one that is of another plan, not ready, or too old
 */
export async function confirmedPreview(
  tx: Tx,
  { teamId, id, plan, at }: { teamId: string; id: string; plan: DeploymentPlan; at: Date },
): Promise<Confirmed> {
  const own = and(eq(deploymentPreviews.id, id), eq(deploymentPreviews.teamId, teamId));
  const [row] = await tx.select().from(deploymentPreviews).where(own);
  if (!row) throw new AppError('not_found', 'There is no such preview.');
  if (row.payloadHash !== payloadHashOf(plan)) throw notToConfirm('The preview is of another deployment.');
  if (row.status !== 'ready') throw notToConfirm('There is no preview to confirm yet.');
  if (row.expiresAt <= at) throw notToConfirm('The preview is out of date: ask for it again.');
  return row;
}
