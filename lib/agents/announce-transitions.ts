import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import type { AgentStatus } from '#lib/model/agent.ts';
import { channels, type TeamEvent } from '#lib/model/event.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';

interface Unannounced extends Record<string, unknown> {
  team_id: string;
  agent_id: string;
  from_status: AgentStatus;
  to_status: AgentStatus;
  reason: string;
  at_ms: number;
}

export const ANNOUNCEMENT_BATCH = 200;

/**
 * Publishes transitions that nobody has announced yet, oldest first. They are marked in the transaction
 * that holds them, so a worker that dies or a bus that is down leaves them to the next turn: each goes out at
 * least once.
 *
 * @returns how many went out
 * @throws AppError `unavailable` when the bus can't take them now
 */
export async function announceTransitions(db: Db, bus: EventBus): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx.execute<Unannounced>(sql`
      with due as materialized (
        select id from agent_transitions where announced_at is null
        order by id limit ${ANNOUNCEMENT_BATCH} for update skip locked
      )
      update agent_transitions t set announced_at = now() from due where t.id = due.id
      returning t.id, team_id, agent_id, from_status, to_status, reason,
        floor(extract(epoch from at) * 1000)::float8 as at_ms`);
    const inOrder = [...rows].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
    for (const row of inOrder) {
      const event: TeamEvent = {
        type: 'agent.health',
        agentId: row.agent_id,
        from: row.from_status,
        to: row.to_status,
        reason: row.reason,
        at: row.at_ms,
      };
      await bus.publish(channels.events(row.team_id), JSON.stringify(event));
    }
    return rows.length;
  });
}
