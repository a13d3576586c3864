import { and, eq, isNull } from 'drizzle-orm';
import { databaseNow } from '#db/now.ts';
import { readReceptions } from '#db/receptions.ts';
import { agents } from '#db/schema/agents.ts';
import { scalingPolicies } from '#db/schema/scaling.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { previewScalingSchema, type ScalingPreview } from '#lib/model/scaling.ts';
import { measureLoad, windowAt } from './measure.ts';
import { simulate } from './simulate.ts';

const STEP_SECONDS = 60;
const LOOKS = 60;

/**
 * What a policy would have done in the last hour. Nothing in a cluster is looked at: each change counts as done at once.
 *
 * @throws AppError `not_found` for an agent that the team does not have; `unavailable` in a process without a metric store
 */
export const previewScaling = defineQuery({
  name: 'scaling-policies.preview',
  permission: 'deployments:read',
  feature: 'auto_scaling',
  isHeavy: true,
  input: previewScalingSchema,
  async run({ input, actor, db, deps }): Promise<ScalingPreview> {
    if (!deps.metrics) throw new AppError('unavailable', 'There is no metric store here.');
    const { agentId, replicas, ...rule } = input;
    const { teamId } = actor;
    const [known] = await db
      .select({ state: scalingPolicies.state })
      .from(agents)
      .leftJoin(scalingPolicies, eq(scalingPolicies.agentId, agents.id))
      .where(and(eq(agents.id, agentId), eq(agents.teamId, teamId), isNull(agents.deletedAt)));
    if (!known) throw new AppError('not_found', 'There is no such agent.');
    const stepMs = STEP_SECONDS * 1000;
    const last = Math.floor((await databaseNow(db)).getTime() / stepMs) * stepMs;
    const times = Array.from({ length: LOOKS }, (_, i) => last - (LOOKS - 1 - i) * stepMs);
    const measured = await measureLoad(
      deps.metrics,
      { teamId, agentId, rule },
      times.map((at) => windowAt(rule, at)),
      await readReceptions(db),
    );
    const from = replicas ?? known.state?.from ?? rule.minReplicas;
    const looks = measured.map((each, i) => ({ ...each, at: times[i] ?? 0 }));
    return {
      ...{ stepSeconds: STEP_SECONDS, times },
      load: measured.map(({ load }) => load),
      costPerHour: measured.map(({ costPerHour }) => costPerHour),
      ...simulate(rule, from, looks),
    };
  },
});
