import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { agentViews } from '#db/schema/agents.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { SavedView } from '#lib/model/agent-view.ts';

/** The views of the person who asks, by name; a machine has none. */
export const listViews = defineQuery({
  name: 'agents.views',
  permission: 'agents:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<SavedView[]> {
    if (actor.kind !== 'user') return [];
    return db
      .select({ id: agentViews.id, name: agentViews.name, query: agentViews.query })
      .from(agentViews)
      .where(and(eq(agentViews.teamId, actor.teamId), eq(agentViews.userId, actor.userId)))
      .orderBy(asc(agentViews.name));
  },
});
