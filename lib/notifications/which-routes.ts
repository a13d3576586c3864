import { z } from 'zod';
import { defineQuery } from '#lib/command/define-query.ts';
import type { TakingRoute } from '#lib/model/alert-route.ts';
import { groupLabels } from './group-key.ts';
import { loadRouteMatch } from './match-routes.ts';

/** Which routes would take an alert with these labels, and into which groups they would put it. */
export const whichRoutes = defineQuery({
  name: 'alert-routes.which',
  permission: 'alerts:read',
  input: z.strictObject({
    labels: z
      .record(z.string().min(1).max(200), z.string().max(2000))
      .refine((labels) => Object.keys(labels).length <= 100, 'At most 100 labels.'),
  }),
  async run({ input: { labels }, actor, db }): Promise<{ items: TakingRoute[] }> {
    const match = await db.transaction((tx) => loadRouteMatch(tx, actor.teamId));
    const items = match(labels).map(({ id, name, groupBy }) => ({
      ...{ id, name },
      group: groupLabels(labels, groupBy),
    }));
    return { items };
  },
});
