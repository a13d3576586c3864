import { and, desc, eq, gt, gte, inArray, isNotNull, isNull, lte, or } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { deployments } from '#db/schema/deployments.ts';
import type { Actor } from '#lib/access/actor.ts';
import { holds } from '#lib/access/require.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { Ability } from '#lib/model/agent-view.ts';
import { ACTIVE_STATUSES, isActive } from '#lib/model/deployment-status.ts';
import type { DeploymentBefore } from '#lib/model/deployment-view.ts';
import { instantMs } from '#lib/model/time-schema.ts';
import { toDeploymentRow } from './deployment-rows.ts';
import { type LightRow, lightColumns, rollBackAbility } from './light-rows.ts';

const refused = (reason: string): Ability => ({ allowed: false, reason });

/** What came after it and keeps it from being taken back; null: nothing does. */
function inItsWay(row: LightRow, later: LightRow | null): string | null {
  if (later === null) return null;
  const isOn = isActive(later.status);
  if (later.targetDeploymentId !== row.id)
    return `${later.version} ${isOn ? 'is on its way there' : 'was deployed there since'}: roll that back first.`;
  if (isOn) return 'It is being rolled back.';
  // A rollback that came to nothing may be tried again.
  return later.status === 'completed' ? 'It was rolled back.' : null;
}

/** Whether it may be taken back: one that is under way is cancelled for it, which takes that right too. */
function takeBack(row: LightRow, later: LightRow | null, actor: Actor): Ability {
  const reason = inItsWay(row, later);
  if (reason !== null) return refused(reason);
  if (row.status !== 'in_progress') return rollBackAbility(row, actor);
  const missing = (['deployments:rollback', 'deployments:create'] as const).find(
    (each) => !holds(actor, each),
  );
  if (missing) return refused(`This needs the permission ${missing}.`);
  return row.hasManifestBefore
    ? { allowed: true }
    : refused('Nothing ran before it. Scale the workload to 0 or delete it to undo it.');
}

/** What was deployed to the same place after it, or is on its way there. */
async function laterThan(db: Reader, teamId: string, row: LightRow): Promise<LightRow | null> {
  const [later] = await db
    .select(lightColumns)
    .from(deployments)
    .where(
      and(
        eq(deployments.teamId, teamId),
        eq(deployments.clusterId, row.clusterId),
        eq(deployments.namespace, row.namespace),
        eq(deployments.workloadKind, row.workloadKind),
        eq(deployments.workloadName, row.workloadName),
        gt(deployments.id, row.id),
        or(isNotNull(deployments.manifest), inArray(deployments.status, [...ACTIVE_STATUSES])),
      ),
    )
    .orderBy(desc(deployments.id))
    .limit(1);
  return later ?? null;
}

/**
 * The deployment that changed an agent last before a moment: it was under way then, or ended in the time before that is
 * asked for. Null: none did.
 */
export const deploymentBefore = defineQuery({
  name: 'deployments.before',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: z.strictObject({
    agentId: z.uuid(),
    at: instantMs,
    withinMs: z
      .int()
      .min(0)
      .max(7 * 86_400_000),
  }),
  async run({ input: { agentId, at, withinMs }, actor, db }): Promise<DeploymentBefore | null> {
    const [row] = await db
      .select(lightColumns)
      .from(deployments)
      .where(
        and(
          eq(deployments.teamId, actor.teamId),
          eq(deployments.agentId, agentId),
          or(isNotNull(deployments.manifest), eq(deployments.status, 'in_progress')),
          lte(deployments.startedAt, new Date(at)),
          or(isNull(deployments.finishedAt), gte(deployments.finishedAt, new Date(at - withinMs))),
        ),
      )
      .orderBy(desc(deployments.startedAt), desc(deployments.id))
      .limit(1);
    if (!row) return null;
    const later = await laterThan(db, actor.teamId, row);
    return {
      deployment: toDeploymentRow(row),
      later: later && toDeploymentRow(later),
      rollBack: takeBack(row, later, actor),
    };
  },
});
