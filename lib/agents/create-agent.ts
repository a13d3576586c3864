import { and, count, eq, isNull, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import type { Actor } from '#lib/access/actor.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { agentInputSchema } from '#lib/model/agent-schema.ts';
import { makeControlSecret } from './control-secret.ts';
import { insertAgent, refuseOverTeamLimit } from './insert-agent.ts';
import { refuseAddressesInside } from './refuse-inside.ts';

/** The person who will own the agent: who acts, or who made the key that acts. */
async function ownerFor(tx: Tx, actor: Actor): Promise<string | null> {
  if (actor.kind === 'user') return actor.userId;
  if (actor.kind === 'system') return null;
  const [key] = await tx
    .select({ createdBy: apiKeys.createdBy })
    .from(apiKeys)
    .where(and(eq(apiKeys.id, actor.keyId), eq(apiKeys.teamId, actor.teamId)));
  return key?.createdBy ?? null;
}

/** @throws AppError `conflict` where the team or the person has as many agents as they may */
async function refuseOverLimits(
  tx: Tx,
  teamId: string,
  ownerId: string | null,
  limits: { perUser: number; perTeam: number },
): Promise<void> {
  await refuseOverTeamLimit(tx, teamId, limits.perTeam);
  if (ownerId === null) return;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`agents-of:${ownerId}`}, 0))`);
  const [own] = await tx
    .select({ n: count() })
    .from(agents)
    .where(and(eq(agents.ownerId, ownerId), eq(agents.source, 'manual'), isNull(agents.deletedAt)));
  if ((own?.n ?? 0) >= limits.perUser)
    throw new AppError(
      'conflict',
      `You have made ${limits.perUser} agents by hand, the most allowed. Delete one first.`,
    );
}

/**
 * Makes an agent by hand. It counts as stopped until its telemetry or its health check says otherwise. An
 * agent of the same identity that was deleted comes back with its history. The answer is the only place
 * where the secret that signs requests to the control URL ever stands.
 */
export const createAgent = defineCommand({
  name: 'agents.create',
  permission: 'agents:create',
  input: agentInputSchema,
  audit: { action: 'agent.create', target: 'agent' },
  async run({ input, actor, tx, now, deps, announce }) {
    refuseAddressesInside(input, deps.outbound);
    const ownerId = await ownerFor(tx, actor);
    await refuseOverLimits(tx, actor.teamId, ownerId, deps.agentLimits);
    const secret = input.controlUrl === null ? null : makeControlSecret();
    const controlSecret = secret && deps.sealer.seal(secret);
    const agent = { ...input, ownerId, source: 'manual', controlSecret } as const;
    const id = await insertAgent(tx, actor.teamId, agent, now);
    announce({ type: 'agent.changed', agentId: id });
    return { result: { id, controlSecret: secret }, targetId: id, after: { ...input, ownerId } };
  },
});
