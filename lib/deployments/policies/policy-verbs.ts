import { and, asc, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { deploymentPolicies } from '#db/schema/deployments.ts';
import { memberships } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  DEFAULT_POLICY,
  type DeploymentPolicy,
  deploymentPolicySchema,
  EVERY_ENVIRONMENT,
} from '#lib/model/deployment.ts';

const columns = {
  environment: deploymentPolicies.environment,
  approvalsNeeded: deploymentPolicies.approvalsNeeded,
  approverIds: deploymentPolicies.approverIds,
  approvalMinutes: deploymentPolicies.approvalMinutes,
  autoRollback: deploymentPolicies.autoRollback,
};

/** The policy that counts in an environment of a team: its own, else the one of every environment. */
export async function policyFor(db: Reader, teamId: string, environment: string): Promise<DeploymentPolicy> {
  const rows = await db
    .select(columns)
    .from(deploymentPolicies)
    .where(
      and(
        eq(deploymentPolicies.teamId, teamId),
        inArray(deploymentPolicies.environment, [environment, EVERY_ENVIRONMENT]),
      ),
    );
  return rows.find((row) => row.environment === environment) ?? rows[0] ?? DEFAULT_POLICY;
}

/** Approvers belong to the team and are enough of them: nobody could ever approve otherwise. */
async function requireApprovers(tx: Tx, teamId: string, policy: DeploymentPolicy): Promise<void> {
  const ids = [...new Set(policy.approverIds)];
  if (ids.length === 0) return;
  const invalid = (message: string) =>
    new AppError('invalid', 'Some values are not valid.', { issues: [{ path: 'approverIds', message }] });
  const known = await tx
    .select({ id: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.teamId, teamId), inArray(memberships.userId, ids)));
  if (known.length < ids.length) throw invalid('Somebody here is not in the team.');
  if (ids.length < policy.approvalsNeeded) throw invalid('These are fewer people than approvals are needed.');
}

/** Decides how agents of an environment may be deployed. What was asked for before keeps the policy of its time. */
export const setDeploymentPolicy = defineCommand({
  name: 'deployments.set-policy',
  permission: 'deployments:configure',
  feature: 'deployment_automation',
  input: deploymentPolicySchema,
  audit: { action: 'deployment-policy.set', target: 'deployment-policy' },
  async run({ input, actor, tx }) {
    await requireApprovers(tx, actor.teamId, input);
    const updatedAt = await databaseNow(tx);
    const own = and(
      eq(deploymentPolicies.teamId, actor.teamId),
      eq(deploymentPolicies.environment, input.environment),
    );
    const [before] = await tx.select(columns).from(deploymentPolicies).where(own).for('update');
    await tx
      .insert(deploymentPolicies)
      .values({ teamId: actor.teamId, ...input, updatedAt })
      .onConflictDoUpdate({
        target: [deploymentPolicies.teamId, deploymentPolicies.environment],
        set: { ...input, updatedAt },
      });
    return { result: input, targetId: input.environment, ...(before ? { before } : {}), after: input };
  },
});

/** The policies of the team by environment. */
export const listDeploymentPolicies = defineQuery({
  name: 'deployments.policies',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: DeploymentPolicy[] }> {
    const items = await db
      .select(columns)
      .from(deploymentPolicies)
      .where(eq(deploymentPolicies.teamId, actor.teamId))
      .orderBy(asc(deploymentPolicies.environment));
    return { items };
  },
});
