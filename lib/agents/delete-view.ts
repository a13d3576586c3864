import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { agentViews } from '#db/schema/agents.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';

/**
 * Forgets a view of the person who acts.
 *
 * @throws AppError `not_found` for one that is gone or somebody else's, `forbidden` for a machine
 */
export const deleteView = defineCommand({
  name: 'agents.delete-view',
  permission: 'agents:read',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'agent-view.delete', target: 'agent-view' },
  async run({ input: { id }, actor, tx }) {
    if (actor.kind !== 'user') throw new AppError('forbidden', 'Only a person can keep views.');
    const [row] = await tx
      .delete(agentViews)
      .where(
        and(eq(agentViews.id, id), eq(agentViews.teamId, actor.teamId), eq(agentViews.userId, actor.userId)),
      )
      .returning({ name: agentViews.name, query: agentViews.query });
    if (!row) throw new AppError('not_found', 'There is no such view.');
    return { result: { id }, targetId: id, before: row };
  },
});
