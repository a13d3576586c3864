import { and, desc, eq, gte, inArray, lt, sql } from 'drizzle-orm';
import { agents, agentTransitions } from '#db/schema/agents.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type Page, type TransitionRow, transitionListSchema } from '#lib/model/agent-view.ts';
import { CURSOR_VALUES, decodeCursor, encodeCursor, type ListPosition } from './agent-order.ts';
import { ofTeam } from './agent-rows.ts';

const ORDER = 'transitions';

/** Transitions are stored to the millisecond, so the time of a row can stand in a cursor. */
const before = ([, at, id]: ListPosition<string>) =>
  sql`(${agentTransitions.at}, ${agentTransitions.id}) < (${at}::timestamptz, ${id}::uuid)`;

/**
 * Changes of status of the team's agents, newest first. With `agentId`, those of one agent.
 *
 * @throws AppError `not_found` for an agent that the team does not have
 */
export const listTransitions = defineQuery({
  name: 'agents.transitions',
  permission: 'health:read',
  input: transitionListSchema,
  async run({ input, actor, db }): Promise<Page<TransitionRow>> {
    const { agentId, cursor } = input;
    if (agentId) {
      const known = await db
        .select({ id: agents.id })
        .from(agents)
        .where(ofTeam(actor.teamId, eq(agents.id, agentId)));
      if (known.length === 0) throw new AppError('not_found', 'There is no such agent.');
    }
    const position = cursor === undefined ? undefined : decodeCursor(cursor, ORDER, CURSOR_VALUES.time);
    const rows = await db
      .select({
        id: agentTransitions.id,
        agentId: agentTransitions.agentId,
        agentName: agents.name,
        from: agentTransitions.fromStatus,
        to: agentTransitions.toStatus,
        reason: agentTransitions.reason,
        at: agentTransitions.at,
      })
      .from(agentTransitions)
      .innerJoin(agents, eq(agents.id, agentTransitions.agentId))
      .where(
        and(
          ofTeam(actor.teamId, agentId ? eq(agents.id, agentId) : undefined),
          eq(agentTransitions.teamId, actor.teamId),
          input.environment ? eq(agents.environment, input.environment) : undefined,
          input.to && inArray(agentTransitions.toStatus, input.to),
          input.from === undefined ? undefined : gte(agentTransitions.at, new Date(input.from)),
          input.until === undefined ? undefined : lt(agentTransitions.at, new Date(input.until)),
          position && before(position),
        ),
      )
      .orderBy(desc(agentTransitions.at), desc(agentTransitions.id))
      .limit(input.limit + 1);
    const last = rows.length > input.limit ? rows[input.limit - 1] : undefined;
    return {
      items: rows.slice(0, input.limit).map((row) => ({ ...row, at: row.at.getTime() })),
      nextCursor: last ? encodeCursor([ORDER, last.at.toISOString(), last.id]) : null,
    };
  },
});
