import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { alertRoutes } from '#db/schema/notifications.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { RouteView } from '#lib/model/alert-route.ts';
import { ensureDefaultRoute } from './default-route.ts';

/** The routes of the team in the order in which they are asked. */
export const listRoutes = defineQuery({
  name: 'alert-routes.list',
  permission: 'alerts:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<{ items: RouteView[] }> {
    await db.transaction((tx) => ensureDefaultRoute(tx, actor.teamId));
    const rows = await db
      .select()
      .from(alertRoutes)
      .where(eq(alertRoutes.teamId, actor.teamId))
      .orderBy(asc(alertRoutes.isDefault), asc(alertRoutes.position), asc(alertRoutes.id));
    const items = rows.map((row) => ({
      id: row.id,
      name: row.name,
      position: row.position,
      isDefault: row.isDefault,
      matchers: row.matchers,
      continues: row.continues,
      groupBy: row.groupBy,
      groupWaitSeconds: row.groupWaitMs / 1000,
      groupIntervalSeconds: row.groupIntervalMs / 1000,
      repeatIntervalSeconds: row.repeatIntervalMs / 1000,
      channelIds: row.channelIds,
      fallbackChannelId: row.fallbackChannelId,
      escalationPolicyId: row.escalationPolicyId,
    }));
    return { items };
  },
});
