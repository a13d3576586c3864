import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { agentInputSchema } from '#lib/model/agent-schema.ts';
import { ofTeam } from './agent-rows.ts';
import { lockOwnAgent } from './own-agent.ts';

/** What the configuration of an agent says while nobody has given it one. */
const UNCONFIGURED = {
  ...agentInputSchema.omit({ name: true, environment: true, serviceNamespace: true }).parse({}),
  controlSecret: null,
  config: {},
  metadata: {},
};

/**
 * Takes an agent out of the fleet, with its configuration and its signing secret. Its health history, runs and
 * metrics stay until retention drops them; telemetry that it sends later makes it appear again.
 *
 * @throws AppError `not_found` for an agent that was deleted before, or is another team's
 */
export const deleteAgent = defineCommand({
  name: 'agents.delete',
  permission: 'agents:delete',
  input: z.strictObject({ id: z.uuid() }),
  audit: { action: 'agent.delete', target: 'agent' },
  async run({ input: { id }, actor, tx, now, announce }) {
    const agent = await lockOwnAgent(tx, actor.teamId, id);
    const gone = { deletedAt: now, updatedAt: now, desiredState: null, desiredSince: null, desiredBy: null };
    await tx
      .update(agents)
      .set({ ...UNCONFIGURED, ...gone })
      .where(ofTeam(actor.teamId, eq(agents.id, id)));
    announce({ type: 'agent.deleted', agentId: id });
    const { name, environment, serviceNamespace: namespace } = agent;
    return { result: { id }, targetId: id, before: { name, environment, namespace } };
  },
});
