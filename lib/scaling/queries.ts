import { and, desc, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import { scalingDecisions, scalingPolicies } from '#db/schema/scaling.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { ScalingDecision, ScalingPolicy } from '#lib/model/scaling.ts';
import { decisionView, noSuchPolicy, ownPolicy, readPolicies } from './policy-rows.ts';

const feature = 'auto_scaling';
const permission = 'deployments:read';

/** The scaling policies of the team with what their last looks found; with `agentId` the one of an agent. */
export const listScalingPolicies = defineQuery({
  name: 'scaling-policies.list',
  permission,
  feature,
  input: z.strictObject({ agentId: z.uuid().optional() }),
  async run({ input, actor, db }): Promise<{ items: ScalingPolicy[] }> {
    const own = eq(scalingPolicies.teamId, actor.teamId);
    const ofAgent = input.agentId === undefined ? undefined : eq(scalingPolicies.agentId, input.agentId);
    return { items: await readPolicies(db, and(own, ofAgent)) };
  },
});

/** One policy. @throws AppError `not_found`, for a policy of another team too */
export const getScalingPolicy = defineQuery({
  name: 'scaling-policies.get',
  permission,
  feature,
  input: z.strictObject({ id: z.uuid() }),
  async run({ input, actor, db }): Promise<ScalingPolicy> {
    const [policy] = await readPolicies(db, ownPolicy(actor.teamId, input.id));
    if (!policy) throw noSuchPolicy();
    return policy;
  },
});

/** What was asked for under a policy and what became of it, the newest first. @throws AppError `not_found` */
export const listScalingDecisions = defineQuery({
  name: 'scaling-policies.decisions',
  permission,
  feature,
  input: z.strictObject({
    id: z.uuid(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    before: z.uuid().optional().describe('Id of the last decision of the page before'),
  }),
  async run({ input: { id, limit, before }, actor, db }): Promise<{ items: ScalingDecision[] }> {
    if ((await db.$count(scalingPolicies, ownPolicy(actor.teamId, id))) === 0) throw noSuchPolicy();
    const rows = await db
      .select()
      .from(scalingDecisions)
      .where(
        and(
          eq(scalingDecisions.policyId, id),
          eq(scalingDecisions.teamId, actor.teamId),
          before === undefined ? undefined : lt(scalingDecisions.id, before),
        ),
      )
      .orderBy(desc(scalingDecisions.id))
      .limit(limit);
    return { items: rows.map(decisionView) };
  },
});
