import { and, desc, eq, gt, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { databaseNow } from '#db/now.ts';
import { deployments, freezeWindows } from '#db/schema/deployments.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { EVERY_ENVIRONMENT } from '#lib/model/deployment.ts';
import type { FreezeState, FreezeWindow, HeldDeployments } from '#lib/model/freeze-window.ts';

/** Windows that ended are shown this long. */
const ENDED_MS = 30 * 86_400_000;
const MOST = 500;
/** More deployments that a freeze holds are counted, not listed. */
const MOST_HELD = 20;

function stateOf({ startsAt, endsAt }: typeof freezeWindows.$inferSelect, now: Date): FreezeState {
  if (endsAt <= now) return 'ended';
  return startsAt <= now ? 'on' : 'planned';
}

/** The freeze windows of the team, those that end last first; ended ones for 30 days. */
export const listFreezeWindows = defineQuery({
  name: 'deployments.freezes',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: FreezeWindow[] }> {
    const now = await databaseNow(db);
    const shown = gt(freezeWindows.endsAt, new Date(now.getTime() - ENDED_MS));
    const rows = await db
      .select()
      .from(freezeWindows)
      .where(and(eq(freezeWindows.teamId, actor.teamId), shown))
      .orderBy(desc(freezeWindows.endsAt), desc(freezeWindows.id))
      .limit(MOST);
    return {
      items: rows.map((row) => {
        const { id, name, environment, createdByName, updatedAt, startsAt, endsAt } = row;
        const state = stateOf(row, now);
        return {
          ...{ id, name, environment, createdBy: createdByName, state, isOn: state === 'on' },
          startsAt: startsAt.getTime(),
          endsAt: endsAt.getTime(),
          updatedAt: updatedAt.getTime(),
        };
      }),
    };
  },
});

/** Deployments of an environment that were not begun: what a freeze of it holds, and would hold, now. */
export const deploymentsHeldBy = defineQuery({
  name: 'deployments.held-by-freeze',
  permission: 'deployments:read',
  feature: 'deployment_automation',
  input: z.strictObject({ environment: z.string().max(64).default(EVERY_ENVIRONMENT) }),
  async run({ input: { environment }, actor, db }): Promise<HeldDeployments> {
    const where = and(
      eq(deployments.teamId, actor.teamId),
      inArray(deployments.status, ['pending', 'awaiting_approval']),
      eq(deployments.kind, 'deploy'),
      environment === EVERY_ENVIRONMENT ? undefined : eq(deployments.environment, environment),
    );
    const { id, agentName, version, status, requestedByName } = deployments;
    const items = await db
      .select({
        ...{ id, agentName, version, status, requestedBy: requestedByName },
        environment: deployments.environment,
      })
      .from(deployments)
      .where(where)
      .orderBy(desc(deployments.id))
      .limit(MOST_HELD);
    const total = items.length < MOST_HELD ? items.length : await db.$count(deployments, where);
    return { total, items };
  },
});
