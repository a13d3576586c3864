import { and, count, eq, gt, isNotNull, sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { AgentIdentity, AgentStatus } from '#lib/model/agent.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { ofTeam } from './agent-rows.ts';
import { insertTransition } from './insert-transition.ts';
import { identityTaken } from './own-agent.ts';

type NewAgent = Omit<typeof agents.$inferInsert, 'id' | 'teamId'> & AgentIdentity;

/**
 * Takes a turn per team, so that two creations at once cannot both take the last place.
 *
 * @throws AppError `conflict` where the team has as many agents as it may
 */
export async function refuseOverTeamLimit(tx: Tx, teamId: string, perTeam: number): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`agents:${teamId}`}, 0))`);
  const [team] = await tx.select({ n: count() }).from(agents).where(ofTeam(teamId));
  if ((team?.n ?? 0) >= perTeam)
    throw new AppError('conflict', `The team has its ${perTeam} agents. Delete one first.`);
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
 * Makes an agent that has not been heard of: it counts as stopped until its telemetry, its health check or the cluster
 * in which it was found says otherwise. One of the same identity that was deleted comes back with its history.
 *
 * @throws AppError `conflict` where there is one of this identity
 */
export async function insertAgent(tx: Tx, teamId: string, agent: NewAgent, now: Date): Promise<string> {
  const values = {
    ...agent,
    teamId,
    status: 'stopped',
    statusReason: `${agent.name} has not sent telemetry yet.`,
    statusSince: now,
    createdAt: now,
    updatedAt: now,
  } as const;
  const fresh = { deletedAt: null, desiredState: null, health: {}, version: null, lastTelemetryAt: null };
  const before = await statusBefore(tx, teamId, agent);
  const [row] = await tx
    .insert(agents)
    .values({ id: uuidv7(now.getTime()), ...values })
    .onConflictDoUpdate({
      target: [agents.teamId, agents.environment, agents.serviceNamespace, agents.name],
      set: { ...values, ...fresh },
      setWhere: isNotNull(agents.deletedAt),
    })
    .returning({ id: agents.id });
  if (!row) throw identityTaken(agent);
  if (before !== null && before !== values.status) {
    const change = { from: before, to: values.status, reason: values.statusReason, signals: {}, at: now };
    await insertTransition(tx, { teamId, agentId: row.id, ...change });
  }
  return row.id;
}
