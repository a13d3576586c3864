import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { clusterAgents } from '#db/schema/cluster-agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { autoAdoptionSchema } from '#lib/model/cluster-agent.ts';

/**
 * Chooses the namespaces of a cluster in which whatever is found is adopted by itself. What was adopted stays so.
 *
 * @throws AppError `not_found`; `invalid` for a namespace that is not used there
 */
export const setAutoAdoption = defineCommand({
  name: 'clusters.set-auto-adoption',
  permission: 'clusters:manage',
  feature: 'deployment_automation',
  input: autoAdoptionSchema,
  audit: { action: 'cluster.set-auto-adoption', target: 'cluster' },
  async run({ input, actor, tx, now }) {
    const own = and(eq(clusters.id, input.id), eq(clusters.teamId, actor.teamId));
    const [before] = await tx.select().from(clusters).where(own).for('update');
    if (!before) throw new AppError('not_found', 'There is no such cluster.');
    const namespaces = [...new Set(input.namespaces)];
    const unknown = namespaces.find((namespace) => !before.namespaces.includes(namespace));
    if (unknown !== undefined) {
      const message = `Pitwall may not use the namespace ${unknown} of ${before.name}.`;
      const issues = [{ path: 'namespaces', message }];
      throw new AppError('invalid', 'Some values are not valid.', { issues });
    }
    await tx.update(clusters).set({ autoAdoptNamespaces: namespaces, updatedAt: now }).where(own);
    return {
      result: { id: input.id },
      targetId: input.id,
      before: { name: before.name, autoAdoptNamespaces: before.autoAdoptNamespaces },
      after: { name: before.name, autoAdoptNamespaces: namespaces },
    };
  },
});

/**
 * Lets an agent that was adopted go: it is nobody's again, and is not adopted by itself. The agent of the console stays.
 *
 * @throws AppError `not_found`, `conflict` where nobody has adopted it
 */
export const releaseAgent = defineCommand({
  name: 'cluster-agents.release',
  permission: 'agents:create',
  feature: 'deployment_automation',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'cluster-agent.release', target: 'cluster-agent' },
  async run({ input: { id }, actor, tx, now }) {
    const own = and(eq(clusterAgents.id, id), eq(clusterAgents.teamId, actor.teamId));
    const [row] = await tx.select().from(clusterAgents).where(own).for('update');
    if (!row) throw new AppError('not_found', 'There is no such agent in the clusters of the team.');
    if (row.agentId === null) throw new AppError('conflict', 'Nobody has adopted it.');
    await tx
      .update(clusterAgents)
      .set({ agentId: null, adoptedAt: null, releasedAt: now, updatedAt: now })
      .where(own);
    const { namespace, name, agentId } = row;
    return { result: { id }, targetId: id, before: { namespace, name, agentId }, after: { agentId: null } };
  },
});
