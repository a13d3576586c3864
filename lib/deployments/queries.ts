import { and, asc, desc, eq, gt, gte, inArray, lt } from 'drizzle-orm';
import { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { deploymentApprovals, deploymentEvents, deployments } from '#db/schema/deployments.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { Page } from '#lib/model/agent-view.ts';
import { type DeploymentDetail, type DeploymentRow, deploymentListSchema } from '#lib/model/deployment.ts';
import { toDeploymentDetail, toDeploymentRow } from './deployment-rows.ts';
import { readGateLooks } from './judging/read-looks.ts';
import { noSuchDeployment } from './move-deployment.ts';
import { ofWorkload } from './of-workload.ts';

/** Where a page ended: the id of its last row, which ids of later rows are greater than. */
function afterCursor(cursor: string | undefined): string | undefined {
  const parsed = z.uuid().optional().safeParse(cursor);
  if (parsed.success) return parsed.data;
  const issues = [{ path: 'cursor', message: 'This cursor does not belong to this list.' }];
  throw new AppError('invalid', 'Some values are not valid.', { issues });
}

/** Deployments of the team, the newest first; with `agentId` the history of one agent. */
export const listDeployments = defineQuery({
  name: 'deployments.list',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: deploymentListSchema,
  async run({ input, actor, db }): Promise<Page<DeploymentRow>> {
    const cursor = afterCursor(input.cursor);
    const rows = await db
      .select()
      .from(deployments)
      .where(
        and(
          eq(deployments.teamId, actor.teamId),
          input.agentId === undefined ? undefined : eq(deployments.agentId, input.agentId),
          input.status && inArray(deployments.status, input.status),
          input.environment === undefined ? undefined : eq(deployments.environment, input.environment),
          input.from === undefined ? undefined : gte(deployments.createdAt, new Date(input.from)),
          cursor === undefined ? undefined : lt(deployments.id, cursor),
        ),
      )
      .orderBy(desc(deployments.id))
      .limit(input.limit + 1);
    const last = rows.length > input.limit ? rows[input.limit - 1] : undefined;
    return { items: rows.slice(0, input.limit).map(toDeploymentRow), nextCursor: last?.id ?? null };
  },
});

/**
 * One deployment with its timeline.
 *
 * @throws AppError `not_found`, for a deployment of another team too
 */
export const getDeployment = defineQuery({
  name: 'deployments.get',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  async run({ input: { id }, actor, db }): Promise<DeploymentDetail> {
    const own = eq(deployments.teamId, actor.teamId);
    const [row] = await db
      .select()
      .from(deployments)
      .where(and(eq(deployments.id, id), own));
    if (!row) throw noSuchDeployment();
    const [events, approvals, looks, targets, rollbacks, followers] = await Promise.all([
      db
        .select()
        .from(deploymentEvents)
        .where(eq(deploymentEvents.deploymentId, id))
        .orderBy(asc(deploymentEvents.seq)),
      db
        .select()
        .from(deploymentApprovals)
        .where(eq(deploymentApprovals.deploymentId, id))
        .orderBy(asc(deploymentApprovals.at)),
      readGateLooks(db, id),
      db
        .select({ id: deployments.id, version: deployments.version })
        .from(deployments)
        .where(and(own, eq(deployments.id, row.targetDeploymentId ?? row.id))),
      db
        .select({ id: deployments.id, status: deployments.status })
        .from(deployments)
        .where(and(own, eq(deployments.targetDeploymentId, id)))
        .orderBy(desc(deployments.id))
        .limit(1),
      db
        .select({ id: deployments.id, version: deployments.version })
        .from(deployments)
        .where(and(ofWorkload(row), gt(deployments.id, id)))
        .orderBy(asc(deployments.id))
        .limit(1),
    ]);
    const target = row.targetDeploymentId === null ? null : (targets[0] ?? null);
    const beside = {
      ...{ events, approvals, looks, target },
      ...{ rolledBackBy: rollbacks[0] ?? null, next: followers[0] ?? null },
    };
    return toDeploymentDetail(row, beside, actor, await databaseNow(db));
  },
});
