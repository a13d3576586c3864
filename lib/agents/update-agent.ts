import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError, type FieldIssue } from '#lib/kernel/errors.ts';
import { agentPatchSchema } from '#lib/model/agent-schema.ts';
import { ofTeam } from './agent-rows.ts';
import { makeControlSecret } from './control-secret.ts';
import { type AgentRecord, explainTakenIdentity, lockOwnAgent } from './own-agent.ts';
import { refuseAddressesInside } from './refuse-inside.ts';

const input = agentPatchSchema.extend({
  id: z.uuid(),
  /** `updatedAt` of the agent as the person saw it; a change in between is then a conflict. */
  ifUpdatedAt: z.int().optional(),
});
type Patch = z.output<typeof agentPatchSchema>;

/** A discovered agent is known by what its telemetry says: renamed here, it would appear a second time. */
function refuseNewIdentity(agent: AgentRecord, patch: Patch): void {
  if (agent.source === 'manual') return;
  const issues: FieldIssue[] = (['name', 'environment', 'serviceNamespace'] as const)
    .filter((field) => patch[field] !== undefined && patch[field] !== agent[field])
    .map((path) => ({ path, message: 'Comes from the telemetry of the agent and is changed there.' }));
  if (issues.length > 0) throw new AppError('invalid', 'Some values are not valid.', { issues });
}

/**
 * Changes the fields that are given. When the agent gets its first control URL the answer holds the
 * signing secret, this once.
 *
 * @throws AppError `conflict` when the agent changed since `ifUpdatedAt`, or the identity is taken
 */
export const updateAgent = defineCommand({
  name: 'agents.update',
  permission: 'agents:update',
  input,
  audit: { action: 'agent.update', target: 'agent' },
  async run({ input: { id, ifUpdatedAt, ...patch }, actor, tx, now, deps, announce }) {
    const before = await lockOwnAgent(tx, actor.teamId, id);
    if (ifUpdatedAt !== undefined && before.updatedAt.getTime() !== ifUpdatedAt)
      throw new AppError(
        'conflict',
        `${before.name} was changed by somebody else. Reload to see the change.`,
      );
    refuseNewIdentity(before, patch);
    refuseAddressesInside(patch, deps.outbound, before);
    const needsSecret = Boolean(patch.controlUrl) && before.controlSecret === null;
    const secret = needsSecret ? makeControlSecret() : null;
    const updatedAt = new Date(Math.max(now.getTime(), before.updatedAt.getTime() + 1));
    try {
      await tx
        .update(agents)
        .set({ ...patch, ...(secret ? { controlSecret: deps.sealer.seal(secret) } : {}), updatedAt })
        .where(ofTeam(actor.teamId, eq(agents.id, id)));
    } catch (error) {
      throw explainTakenIdentity(error, { ...before, ...patch });
    }
    announce({ type: 'agent.changed', agentId: id });
    const seen = Object.fromEntries(Object.keys(patch).map((key) => [key, before[key as keyof Patch]]));
    return {
      result: { id, controlSecret: secret, updatedAt: updatedAt.getTime() },
      targetId: id,
      before: seen,
      after: patch,
    };
  },
});
