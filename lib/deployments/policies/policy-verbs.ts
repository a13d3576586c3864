import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader, Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { deploymentPolicies } from '#db/schema/deployments.ts';
import { memberships, users } from '#db/schema/members.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { DEFAULT_POLICY, type DeploymentPolicy, EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import { type DeploymentPolicyView, setPolicySchema } from '#lib/model/deployment-policy.ts';
import { requireSources } from '../judging/require-sources.ts';
import { doerOf } from '../move-deployment.ts';

const columns = {
  environment: deploymentPolicies.environment,
  approvalsNeeded: deploymentPolicies.approvalsNeeded,
  approverIds: deploymentPolicies.approverIds,
  approvalMinutes: deploymentPolicies.approvalMinutes,
  autoRollback: deploymentPolicies.autoRollback,
  gate: deploymentPolicies.gate,
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
async function requireApprovers(
  tx: Tx,
  teamId: string,
  policy: Pick<DeploymentPolicy, 'approverIds' | 'approvalsNeeded'>,
): Promise<void> {
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

/** Somebody else was faster than who saw it as it was at `seenAt`; null: there was none. */
function stale(environment: string, seenAt: number | null): AppError {
  const name = environment === EVERY_ENVIRONMENT ? 'every environment' : environment;
  const words = seenAt === null ? `There is a policy of ${name}` : `The policy of ${name} was changed`;
  return new AppError('conflict', `${words} by somebody else. Reload to see it.`);
}

/**
 * Decides how agents of an environment may be deployed. What was asked for before keeps the policy of its time.
 *
 * @throws AppError `conflict` when it is not as `ifUpdatedAt` says any more; `invalid` for approvers who could not approve
 */
export const setDeploymentPolicy = defineCommand({
  name: 'deployments.set-policy',
  permission: 'deployments:configure',
  feature: 'deployment_automation',
  input: setPolicySchema,
  audit: { action: 'deployment-policy.set', target: 'deployment-policy' },
  async run({ input: { ifUpdatedAt, gate, ...decided }, actor, tx }) {
    const { teamId } = actor;
    await requireApprovers(tx, teamId, decided);
    await requireSources(tx, teamId, gate ?? null);
    const now = await databaseNow(tx);
    const own = and(
      eq(deploymentPolicies.teamId, teamId),
      eq(deploymentPolicies.environment, decided.environment),
    );
    const [row] = await tx
      .select({ updatedAt: deploymentPolicies.updatedAt, ...columns })
      .from(deploymentPolicies)
      .where(own)
      .for('update');
    const { updatedAt: changedAt = null, ...before } = row ?? {};
    const policy: DeploymentPolicy = { ...decided, gate: gate === undefined ? (row?.gate ?? null) : gate };
    const isStale = ifUpdatedAt !== undefined && ifUpdatedAt !== (changedAt?.getTime() ?? null);
    const updatedAt = new Date(Math.max(now.getTime(), (changedAt?.getTime() ?? 0) + 1));
    const values = { ...policy, updatedAt, updatedByName: doerOf(actor).name };
    const [written] = isStale
      ? []
      : await tx
          .insert(deploymentPolicies)
          .values({ teamId, ...values })
          .onConflictDoUpdate({
            target: [deploymentPolicies.teamId, deploymentPolicies.environment],
            set: values,
            // Somebody else made it between the look and the insert.
            ...(ifUpdatedAt === null ? { setWhere: sql`false` } : {}),
          })
          .returning({ id: deploymentPolicies.id });
    if (!written) throw stale(policy.environment, ifUpdatedAt ?? null);
    return { result: policy, targetId: policy.environment, ...(row ? { before } : {}), after: policy };
  },
});

/** Takes the policy of an environment away: the one of every environment counts there again. @throws AppError `not_found` */
export const deleteDeploymentPolicy = defineCommand({
  name: 'deployments.delete-policy',
  permission: 'deployments:configure',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'deployment-policy.delete', target: 'deployment-policy' },
  async run({ input: { id }, actor, tx }) {
    const own = and(eq(deploymentPolicies.id, id), eq(deploymentPolicies.teamId, actor.teamId));
    const [gone] = await tx.delete(deploymentPolicies).where(own).returning(columns);
    if (!gone) throw new AppError('not_found', 'There is no such policy.');
    return { result: { id }, targetId: gone.environment, before: gone };
  },
});

/** Names of people who are still in the team, by their ids. */
async function namesOf(db: Reader, teamId: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .innerJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.teamId, teamId)))
    .where(and(inArray(users.id, [...ids]), eq(users.status, 'active')));
  return new Map(rows.map(({ id, name, email }) => [id, name || email]));
}

/** The policies of the team by environment, with who changed them last. */
export const listDeploymentPolicies = defineQuery({
  name: 'deployments.policies',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: DeploymentPolicyView[] }> {
    const { id, updatedAt, updatedByName } = deploymentPolicies;
    const rows = await db
      .select({ id, updatedAt, updatedBy: updatedByName, ...columns })
      .from(deploymentPolicies)
      .where(eq(deploymentPolicies.teamId, actor.teamId))
      .orderBy(asc(deploymentPolicies.environment));
    const names = await namesOf(db, actor.teamId, [
      ...new Set(rows.flatMap(({ approverIds }) => approverIds)),
    ]);
    return {
      items: rows.map(({ updatedAt: at, ...row }) => ({
        ...row,
        updatedAt: at.getTime(),
        approvers: row.approverIds.map((userId) => ({ id: userId, name: names.get(userId) ?? null })),
      })),
    };
  },
});
