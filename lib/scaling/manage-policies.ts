import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { agents } from '#db/schema/agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import { scalingPolicies } from '#db/schema/scaling.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { parseInput } from '#lib/command/gate.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  createScalingPolicySchema,
  type ScalingWorkload,
  scalingRuleSchema,
  updateScalingPolicySchema,
} from '#lib/model/scaling.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { noSuchPolicy, ownPolicy, policySnapshot } from './policy-rows.ts';

const feature = 'auto_scaling';
const permission = 'deployments:configure';
const target = 'scaling-policy';

/** @throws AppError `not_found` for an agent that the team does not have */
async function requireAgent(tx: Tx, teamId: string, agentId: string): Promise<void> {
  const own = and(eq(agents.id, agentId), eq(agents.teamId, teamId), isNull(agents.deletedAt));
  if ((await tx.$count(agents, own)) === 0) throw new AppError('not_found', 'There is no such agent.');
}

/**
 * The columns of a named workload. Only namespaces that were allowed for the cluster are scaled in (security Z12).
 *
 * @throws AppError `not_found` for a cluster that the team does not have; `invalid` for another namespace
 */
async function workloadColumns(tx: Tx, teamId: string, workload: ScalingWorkload | null) {
  if (workload === null) return { clusterId: null, namespace: null, workloadName: null };
  const { clusterId, namespace, name: workloadName } = workload;
  const [cluster] = await tx
    .select({ name: clusters.name, namespaces: clusters.namespaces })
    .from(clusters)
    .where(and(eq(clusters.id, clusterId), eq(clusters.teamId, teamId)));
  if (!cluster) throw new AppError('not_found', 'There is no such cluster.');
  if (!cluster.namespaces.includes(namespace)) {
    const message = `Pitwall may not use this namespace of ${cluster.name}.`;
    const issues = [{ path: 'workload.namespace', message }];
    throw new AppError('invalid', 'Some values are not valid.', { issues });
  }
  return { clusterId, namespace, workloadName };
}

/**
 * Gives an agent a scaling policy; without more said it only recommends.
 *
 * @throws AppError `not_found`, `invalid`, `conflict` when it has one
 */
export const createScalingPolicy = defineCommand({
  name: 'scaling-policies.create',
  permission,
  feature,
  input: createScalingPolicySchema,
  audit: { action: 'scaling-policy.create', target },
  async run({ input, actor, tx, announce }) {
    const { agentId, workload, isDryRun, ...rule } = input;
    await requireAgent(tx, actor.teamId, agentId);
    const at = await databaseNow(tx);
    const row = {
      ...{ id: uuidv7(), teamId: actor.teamId, agentId, isDryRun, rule },
      ...(await workloadColumns(tx, actor.teamId, workload)),
      ...{ createdAt: at, updatedAt: at, nextAt: at },
    };
    const [made] = await tx
      .insert(scalingPolicies)
      .values(row)
      .onConflictDoNothing()
      .returning({ id: scalingPolicies.id });
    if (!made) throw new AppError('conflict', 'This agent has a scaling policy already.');
    announce({ type: 'scaling.changed', agentId, policyId: made.id, at: at.getTime() });
    return { result: made, targetId: made.id, after: policySnapshot(row) };
  },
});

/**
 * Changes what is given of a policy. Whatever its job decided before is dropped: the lease is taken from it.
 *
 * @throws AppError `not_found`, `invalid`
 */
export const updateScalingPolicy = defineCommand({
  name: 'scaling-policies.update',
  permission,
  feature,
  input: updateScalingPolicySchema,
  audit: { action: 'scaling-policy.update', target },
  async run({ input, actor, tx, announce }) {
    const { id, workload, isDryRun, ...changes } = input;
    const own = ownPolicy(actor.teamId, id);
    const [row] = await tx.select().from(scalingPolicies).where(own).for('update');
    if (!row) throw noSuchPolicy();
    const rule = parseInput(scalingRuleSchema, { ...row.rule, ...changes });
    const columns = workload === undefined ? {} : await workloadColumns(tx, actor.teamId, workload);
    const at = await databaseNow(tx);
    const next = { ...row, ...columns, rule, isDryRun: isDryRun ?? row.isDryRun };
    const isOtherRule = JSON.stringify(rule) !== JSON.stringify(row.rule);
    await tx
      .update(scalingPolicies)
      .set({
        ...{ ...columns, rule, isDryRun: next.isDryRun, updatedAt: at, nextAt: at },
        ...{ leaseOwner: null, leaseExpiresAt: null },
        version: sql`${scalingPolicies.version} + 1`,
        leaseVersion: sql`${scalingPolicies.leaseVersion} + 1`,
        // What another rule asked for says nothing of this one.
        ...(isOtherRule ? { recent: [] } : {}),
      })
      .where(own);
    announce({ type: 'scaling.changed', agentId: row.agentId, policyId: id, at: at.getTime() });
    return {
      result: { id, updatedAt: at.getTime() },
      targetId: id,
      ...{ before: policySnapshot(row), after: policySnapshot(next) },
    };
  },
});

/** Takes a policy away with its decisions; the workload keeps the replicas that it has. @throws AppError `not_found` */
export const deleteScalingPolicy = defineCommand({
  name: 'scaling-policies.delete',
  permission,
  feature,
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'scaling-policy.delete', target },
  async run({ input, actor, tx, now, announce }) {
    const [row] = await tx.delete(scalingPolicies).where(ownPolicy(actor.teamId, input.id)).returning();
    if (!row) throw noSuchPolicy();
    announce({ type: 'scaling.changed', agentId: row.agentId, policyId: row.id, at: now.getTime() });
    return { result: { id: row.id }, targetId: row.id, before: policySnapshot(row) };
  },
});
