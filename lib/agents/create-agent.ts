import { and, count, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import type { Actor } from '#lib/access/actor.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { AgentIdentity, AgentStatus } from '#lib/model/agent.ts';
import { agentInputSchema } from '#lib/model/agent-schema.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { ofTeam } from './agent-rows.ts';
import { makeControlSecret } from './control-secret.ts';
import { insertTransition } from './insert-transition.ts';
import { identityTaken } from './own-agent.ts';
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

/** Takes a turn per team, so that two creations at once cannot both take the last place. */
async function refuseOverLimits(
  tx: Tx,
  teamId: string,
  ownerId: string | null,
  limits: { perUser: number; perTeam: number },
): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`agents:${teamId}`}, 0))`);
  const [team] = await tx.select({ n: count() }).from(agents).where(ofTeam(teamId));
  if ((team?.n ?? 0) >= limits.perTeam)
    throw new AppError('conflict', `The team has its ${limits.perTeam} agents. Delete one first.`);
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

/** The status that an agent of this identity had when it was deleted, null where there was none. */
async function statusBefore(tx: Tx, teamId: string, identity: AgentIdentity): Promise<AgentStatus | null> {
  const [gone] = await tx
    .select({ status: agents.status })
    .from(agents)
    .where(
      and(
        eq(agents.teamId, teamId),
        eq(agents.environment, identity.environment),
        eq(agents.serviceNamespace, identity.serviceNamespace),
        eq(agents.name, identity.name),
        gt(agents.deletedAt, new Date(0)),
      ),
    )
    .for('update');
  return gone?.status ?? null;
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
    const values = {
      ...input,
      teamId: actor.teamId,
      ownerId,
      source: 'manual',
      status: 'stopped',
      statusReason: `${input.name} has not sent telemetry yet.`,
      statusSince: now,
      controlSecret: secret && deps.sealer.seal(secret),
      createdAt: now,
      updatedAt: now,
    } as const;
    const fresh = { deletedAt: null, desiredState: null, health: {}, version: null, lastTelemetryAt: null };
    const before = await statusBefore(tx, actor.teamId, input);
    const [row] = await tx
      .insert(agents)
      .values({ id: uuidv7(now.getTime()), ...values })
      .onConflictDoUpdate({
        target: [agents.teamId, agents.environment, agents.serviceNamespace, agents.name],
        set: { ...values, ...fresh },
        setWhere: isNotNull(agents.deletedAt),
      })
      .returning({ id: agents.id });
    if (!row) throw identityTaken(input);
    if (before !== null && before !== values.status) {
      const change = { from: before, to: values.status, reason: values.statusReason, signals: {}, at: now };
      await insertTransition(tx, { teamId: actor.teamId, agentId: row.id, ...change });
    }
    announce({ type: 'agent.changed', agentId: row.id });
    return { result: { id: row.id, controlSecret: secret }, targetId: row.id, after: { ...input, ownerId } };
  },
});
