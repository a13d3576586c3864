import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { ofTeam } from './agent-rows.ts';
import { noSuchAgent } from './own-agent.ts';

/**
 * Takes an agent out of the fleet. Its rows stay until retention drops them; telemetry that it sends
 * later makes it appear again.
 *
 * @throws AppError `not_found` for an agent that was deleted before, or is another team's
 */
export const deleteAgent = defineCommand({
  name: 'agents.delete',
  permission: 'agents:delete',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'agent.delete', target: 'agent' },
  async run({ input: { id }, actor, tx, now, announce }) {
    const [row] = await tx
      .update(agents)
      .set({ deletedAt: now, updatedAt: now, desiredState: null, desiredSince: null, desiredBy: null })
      .where(ofTeam(actor.teamId, eq(agents.id, id)))
      .returning({ name: agents.name, environment: agents.environment, namespace: agents.serviceNamespace });
    if (!row) throw noSuchAgent();
    announce({ type: 'agent.deleted', agentId: id });
    return { result: { id }, targetId: id, before: row };
  },
});
