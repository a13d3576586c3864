import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { deployments } from '#db/schema/deployments.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { AwaitedApprovals } from '#lib/model/awaited-approval.ts';

const MOST = 20;

/** Deployments that wait for the word of whoever asks: somebody else's, that may still be approved, and not decided yet. */
export const listAwaitedApprovals = defineQuery({
  name: 'deployments.awaited-approvals',
  permission: 'deployments:approve',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<AwaitedApprovals> {
    // Only people approve.
    if (actor.kind !== 'user') return { total: 0, items: [] };
    const { userId } = actor;
    const { approverIds, requestedBy, approvalExpiresAt: expiresAt } = deployments;
    const where = and(
      eq(deployments.teamId, actor.teamId),
      eq(deployments.status, 'awaiting_approval'),
      isNull(deployments.approvedAt),
      or(isNull(expiresAt), gt(expiresAt, await databaseNow(db))),
      sql`(${approverIds} = '[]' or ${approverIds} ? ${userId})`,
      sql`(${requestedBy} is null or ${requestedBy} ->> 'kind' <> 'user' or ${requestedBy} ->> 'id' <> ${userId})`,
      sql`not exists (select from deployment_approvals said
        where said.deployment_id = ${deployments.id} and said.user_id = ${userId})`,
    );
    const rows = await db
      .select({
        id: deployments.id,
        agentName: deployments.agentName,
        version: deployments.version,
        environment: deployments.environment,
        requestedBy: deployments.requestedByName,
        needed: deployments.approvalsNeeded,
        given: sql<number>`(select count(*)::int from deployment_approvals said
          where said.deployment_id = deployments.id and said.decision = 'approved')`,
        createdAt: deployments.createdAt,
        expiresAt,
      })
      .from(deployments)
      .where(where)
      .orderBy(sql`${expiresAt} asc nulls last`, asc(deployments.id))
      .limit(MOST);
    const items = rows.map(({ createdAt, expiresAt: ends, ...row }) => ({
      ...row,
      createdAt: createdAt.getTime(),
      expiresAt: ends?.getTime() ?? null,
    }));
    const total = items.length < MOST ? items.length : await db.$count(deployments, where);
    return { total, items };
  },
});
