import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { ofTeam } from './agent-rows.ts';
import { lockOwnAgent, refuseUnlessCan } from './own-agent.ts';

/**
 * Makes the person who acts the owner of an agent that has none.
 *
 * @throws AppError `conflict` when somebody else was first
 */
export const claimAgent = defineCommand({
  name: 'agents.claim',
  permission: 'agents:claim',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'agent.claim', target: 'agent' },
  async run({ input: { id }, actor, tx, now, announce }) {
    if (actor.kind !== 'user') throw new AppError('forbidden', 'Only a person can own an agent.');
    const claimed = await tx
      .update(agents)
      .set({ ownerId: actor.userId, updatedAt: now })
      .where(and(ofTeam(actor.teamId, eq(agents.id, id)), isNull(agents.ownerId)))
      .returning({ id: agents.id });
    if (claimed.length === 0) refuseUnlessCan(await lockOwnAgent(tx, actor.teamId, id), 'claim');
    announce({ type: 'agent.changed', agentId: id });
    return { result: { id }, targetId: id, before: { ownerId: null }, after: { ownerId: actor.userId } };
  },
});
