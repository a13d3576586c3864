import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { clusterAgents } from '#db/schema/cluster-agents.ts';
import { clusters } from '#db/schema/clusters.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import { type Adoption, adopt, adoptionForLedger } from './adopt-agent.ts';

const BATCH = 100;

export interface AdoptTools {
  db: Db;
  agentLimits: { perTeam: number };
  tell(teamId: string, event: TeamEvent): void;
}

type Row = typeof clusterAgents.$inferSelect;

const isWaiting = and(
  eq(clusterAgents.presence, 'present'),
  isNull(clusterAgents.agentId),
  isNull(clusterAgents.releasedAt),
);

async function adoptOne({ db, agentLimits: { perTeam } }: AdoptTools, id: string) {
  return db.transaction(async (tx): Promise<{ found: Row; adoption: Adoption } | null> => {
    const own = and(eq(clusterAgents.id, id), isWaiting);
    const [found] = await tx.select().from(clusterAgents).where(own).for('update');
    if (!found) return null;
    const now = await databaseNow(tx);
    const adoption = await adopt(tx, found, { agentId: null, perTeam, now });
    const origin = { ip: null, userAgent: null, requestId: id };
    const actor: SystemActor = {
      ...{ kind: 'system', name: 'worker', teamId: found.teamId, grants: [], origin },
    };
    const target = { kind: 'cluster-agent', id };
    const after = adoptionForLedger(found, adoption);
    await recordAudit(tx, { actor, action: 'cluster-agent.adopt', target, outcome: 'ok', after }, now);
    return { found, adoption };
  });
}

/**
 * Adopts what was found in namespaces where that happens by itself. Where several agents may be meant, or the team has
 * as many as it may, it waits for somebody.
 *
 * @returns how many were adopted
 */
export async function adoptFound(tools: AdoptTools): Promise<number> {
  const waiting = await tools.db
    .select({ id: clusterAgents.id })
    .from(clusterAgents)
    .innerJoin(clusters, eq(clusters.id, clusterAgents.clusterId))
    .where(and(isWaiting, sql`${clusters.autoAdoptNamespaces} ? ${clusterAgents.namespace}`))
    // Those that wait for somebody stand in the way of no other.
    .orderBy(sql`random()`)
    .limit(BATCH);
  let adopted = 0;
  for (const { id } of waiting) {
    try {
      const done = await adoptOne(tools, id);
      if (!done) continue;
      adopted += 1;
      const { teamId, clusterId } = done.found;
      tools.tell(teamId, { type: 'agent.changed', agentId: done.adoption.agentId });
      tools.tell(teamId, { type: 'cluster.changed', clusterId, at: Date.now() });
    } catch (error) {
      if (!isAppError(error)) throw error;
    }
  }
  return adopted;
}
