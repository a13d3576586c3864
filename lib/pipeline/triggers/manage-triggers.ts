/**
 * Triggers: what happens in a repository starts the deployment of an agent, perhaps after a build. They join
 * repositories and deployments, so their verbs stand here.
 *
 * This file holds the verbs that people call.
 */
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import { deployTriggers, repositories, triggerRuns } from '#db/schema/repositories.ts';
import type { Actor } from '#lib/access/actor.ts';
import { requirePermission } from '#lib/access/require.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { doerOf } from '#lib/deployments/move-deployment.ts';
import { requesterOf } from '#lib/deployments/requester.ts';
import { targetOf } from '#lib/deployments/target.ts';
import { AppError } from '#lib/kernel/errors.ts';
import {
  createTriggerSchema,
  runTriggerSchema,
  type TriggerRunView,
  type TriggerValues,
  type TriggerView,
  updateTriggerSchema,
} from '#lib/model/deploy-trigger.ts';
import { deploymentPlanSchema } from '#lib/model/deployment-plan.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/** Triggers that a repository may have, and runs of each that are shown. */
const MOST = 50;
const RECENT = 5;

const own = (id: string, teamId: string) => and(eq(deployTriggers.id, id), eq(deployTriggers.teamId, teamId));
const noSuchTrigger = () => new AppError('not_found', 'There is no such trigger.');

/** A trigger deploys in the name of a person, whose rights are asked again each time. */
function ownerOf(actor: Actor): { ownerId: string; ownerName: string } {
  requirePermission(actor, 'deployments:create');
  if (actor.kind !== 'user')
    throw new AppError('forbidden', 'Only people keep triggers: they deploy in their name.');
  return { ownerId: actor.userId, ownerName: actor.name || actor.email };
}

/** @throws AppError `not_found` for an agent or a cluster that the team does not have, `invalid` for another namespace */
async function checkTarget(tx: Tx, teamId: string, values: TriggerValues): Promise<void> {
  const { agentId, clusterId, namespace, workload, container, image } = values;
  const named = { agentId, clusterId, namespace, workload, container, image };
  await targetOf(tx, teamId, deploymentPlanSchema.parse({ ...named, version: 'checked' }));
}

/** Has an agent deployed when something happens in a repository. @throws AppError `not_found`, `invalid`, `conflict` */
export const createTrigger = defineCommand({
  name: 'deploy-triggers.create',
  permission: 'repositories:manage',
  feature: 'deployment_automation',
  input: createTriggerSchema,
  audit: { action: 'deploy-trigger.create', target: 'deploy-trigger' },
  async run({ input: { repositoryId, ...values }, actor, tx, now }) {
    const owner = ownerOf(actor);
    const { teamId } = actor;
    const ofTeam = and(eq(repositories.id, repositoryId), eq(repositories.teamId, teamId));
    const [repository] = await tx.select().from(repositories).where(ofTeam).for('update');
    if (!repository) throw new AppError('not_found', 'There is no such repository.');
    await checkTarget(tx, teamId, values);
    if ((await tx.$count(deployTriggers, eq(deployTriggers.repositoryId, repositoryId))) >= MOST)
      throw new AppError('conflict', `The repository has its ${MOST} triggers. Take one away first.`);
    const id = uuidv7(now.getTime());
    await tx
      .insert(deployTriggers)
      .values({ id, teamId, repositoryId, ...values, ...owner, createdAt: now, updatedAt: now });
    return { result: { id }, targetId: id, after: { repository: repository.fullName, ...values } };
  },
});

/** Changes a trigger as a whole; from then on it deploys in the name of who did. @throws AppError as `createTrigger` */
export const updateTrigger = defineCommand({
  name: 'deploy-triggers.update',
  permission: 'repositories:manage',
  feature: 'deployment_automation',
  input: updateTriggerSchema,
  audit: { action: 'deploy-trigger.update', target: 'deploy-trigger' },
  async run({ input: { id, ...values }, actor, tx, now }) {
    const owner = ownerOf(actor);
    const { teamId } = actor;
    const [row] = await tx.select().from(deployTriggers).where(own(id, teamId)).for('update');
    if (!row) throw noSuchTrigger();
    await checkTarget(tx, teamId, values);
    await tx
      .update(deployTriggers)
      .set({ ...values, ...owner, updatedAt: now })
      .where(own(id, teamId));
    const before = Object.fromEntries(
      Object.keys(values).map((name) => [name, row[name as keyof TriggerValues]]),
    );
    return { result: { id, updatedAt: now.getTime() }, targetId: id, before, after: values };
  },
});

/** Takes a trigger away; what it started goes on. @throws AppError `not_found` */
export const deleteTrigger = defineCommand({
  name: 'deploy-triggers.delete',
  permission: 'repositories:manage',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'deploy-trigger.delete', target: 'deploy-trigger' },
  async run({ input: { id }, actor, tx }) {
    const [gone] = await tx.delete(deployTriggers).where(own(id, actor.teamId)).returning();
    if (!gone) throw noSuchTrigger();
    const { event, ref, workload, namespace } = gone;
    return { result: { id }, targetId: id, before: { event, ref, workload, namespace } };
  },
});

/** Does by hand what a trigger does by itself, for a branch or tag. @throws AppError `not_found` */
export const runTrigger = defineCommand({
  name: 'deploy-triggers.run',
  permission: 'deployments:create',
  feature: 'deployment_automation',
  input: runTriggerSchema,
  audit: { action: 'deploy-trigger.run', target: 'deploy-trigger' },
  async run({ input: { id, ref }, actor, tx, now }) {
    const [row] = await tx.select().from(deployTriggers).where(own(id, actor.teamId));
    if (!row) throw noSuchTrigger();
    const requestedBy = requesterOf(actor);
    if (requestedBy === null) throw new AppError('forbidden', 'Only people and keys start triggers.');
    const requestedByName = doerOf(actor).name;
    const runId = uuidv7(now.getTime());
    await tx.insert(triggerRuns).values({
      ...{ id: runId, teamId: actor.teamId, triggerId: id, ref, requestedBy, requestedByName },
      ...{ idempotencyKey: `trigger-run:${runId}`, createdAt: now, nextAt: now },
    });
    return { result: { id: runId }, targetId: id, after: { ref, run: runId } };
  },
});

function runView(row: typeof triggerRuns.$inferSelect): TriggerRunView {
  const { id, status, ref, sha, message, hostRunId, deploymentId, requestedByName: requestedBy } = row;
  return {
    ...{ id, status, ref, sha, message, hostRunId, deploymentId, requestedBy },
    createdAt: row.createdAt.getTime(),
  };
}

/** The triggers of the team, with what each started of late. */
export const listTriggers = defineQuery({
  name: 'deploy-triggers.list',
  permission: 'repositories:read',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: TriggerView[] }> {
    const rows = await db
      .select({
        trigger: deployTriggers,
        agent: { id: agents.id, name: agents.name, environment: agents.environment },
        cluster: { id: clusters.id, name: clusters.name },
      })
      .from(deployTriggers)
      .innerJoin(agents, eq(agents.id, deployTriggers.agentId))
      .innerJoin(clusters, eq(clusters.id, deployTriggers.clusterId))
      .where(eq(deployTriggers.teamId, actor.teamId))
      .orderBy(asc(deployTriggers.id))
      .limit(500);
    const ids = rows.map(({ trigger }) => trigger.id);
    const nth = sql<number>`row_number() over (partition by ${triggerRuns.triggerId} order by ${triggerRuns.id} desc)`;
    const ranked = db
      .select({ id: triggerRuns.id, nth: nth.as('nth') })
      .from(triggerRuns)
      .where(inArray(triggerRuns.triggerId, ids))
      .as('ranked');
    const recent =
      ids.length === 0
        ? []
        : await db
            .select({ run: triggerRuns })
            .from(triggerRuns)
            .innerJoin(ranked, eq(ranked.id, triggerRuns.id))
            .where(sql`${ranked.nth} <= ${RECENT}`)
            .orderBy(desc(triggerRuns.id));
    const items = rows.map(({ trigger, agent, cluster }) => {
      const { id, repositoryId, event, ref, workflow, namespace, workload, container, image, tag } = trigger;
      return {
        ...{
          id,
          repositoryId,
          event,
          ref,
          workflow,
          agent,
          cluster,
          namespace,
          workload,
          container,
          image,
          tag,
        },
        ...{ build: trigger.build, isEnabled: trigger.isEnabled, owner: trigger.ownerName },
        runs: recent.filter(({ run }) => run.triggerId === id).map(({ run }) => runView(run)),
      };
    });
    return { items };
  },
});
