import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { agentViews } from '#db/schema/agents.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { plainText } from '#lib/model/agent-schema.ts';
import type { SavedView } from '#lib/model/agent-view.ts';
import { uuidv7 } from '#lib/model/uuid.ts';

/** Views that one person may keep in one team. */
const MOST_VIEWS = 50;

/**
 * Keeps a filter and order of the list of agents under a name, for the person who acts. The same name again
 * replaces what it stood for. Whoever may read the list may keep ways of reading it.
 *
 * @throws AppError `forbidden` for a machine, `conflict` beyond the most views
 */
export const saveView = defineCommand({
  name: 'agents.save-view',
  permission: 'agents:read',
  input: z.strictObject({ name: plainText(60, 1, 'Give the view a name'), query: plainText(1000) }),
  audit: { action: 'agent-view.save', target: 'agent-view' },
  async run({ input: { name, query }, actor, tx, now }) {
    if (actor.kind !== 'user') throw new AppError('forbidden', 'Only a person can keep views.');
    const { teamId, userId } = actor;
    const [kept] = await tx
      .insert(agentViews)
      .values({ id: uuidv7(now.getTime()), teamId, userId, name, query, createdAt: now })
      .onConflictDoUpdate({
        target: [agentViews.teamId, agentViews.userId, agentViews.name],
        set: { query },
      })
      .returning({ id: agentViews.id });
    const [counted] = await tx
      .select({ views: sql<number>`count(*)::int` })
      .from(agentViews)
      .where(and(eq(agentViews.teamId, teamId), eq(agentViews.userId, userId)));
    if (!kept || (counted?.views ?? 0) > MOST_VIEWS)
      throw new AppError('conflict', `You have ${MOST_VIEWS} views. Delete one before you save another.`);
    const view: SavedView = { id: kept.id, name, query };
    return { result: view, targetId: kept.id, after: { name, query } };
  },
});
