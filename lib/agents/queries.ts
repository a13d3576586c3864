import { asc, desc, eq, ilike, inArray, isNull, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import { teams, users } from '#db/schema/members.ts';
import type { Actor } from '#lib/access/actor.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { AGENT_STATUSES, type AgentStatus } from '#lib/model/agent.ts';
import { plainText } from '#lib/model/agent-schema.ts';
import {
  type AgentDetail,
  type AgentFacets,
  type AgentListQuery,
  type AgentRow,
  agentListSchema,
  type FleetCounts,
  type Page,
} from '#lib/model/agent-view.ts';
import { cursorValueOf, decodeCursor, encodeCursor, SORT_EXPRESSIONS } from './agent-order.ts';
import { detailColumns, ofTeam, rowColumns, shownVersion, toAgentDetail, toAgentRow } from './agent-rows.ts';

function ownerIs(owner: AgentListQuery['owner'], actor: Actor): SQL | undefined {
  if (owner === undefined) return undefined;
  if (owner === 'none') return isNull(agents.ownerId);
  if (owner !== 'me') return eq(agents.ownerId, owner);
  return actor.kind === 'user' ? eq(agents.ownerId, actor.userId) : sql`false`;
}

function contains(text: string | undefined): SQL | undefined {
  if (!text) return undefined;
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const columns = [agents.name, agents.type, agents.serviceNamespace, shownVersion];
  return or(...columns.map((column) => ilike(column, pattern)));
}

function after(input: AgentListQuery): SQL | undefined {
  if (input.cursor === undefined) return undefined;
  const [, value, id] = decodeCursor(input.cursor, `${input.sort}:${input.order}`, cursorValueOf(input.sort));
  const expression = SORT_EXPRESSIONS[input.sort];
  const row =
    typeof value === 'number' ? sql`(${value}::float8, ${id}::uuid)` : sql`(${value}::text, ${id}::uuid)`;
  return input.order === 'asc'
    ? sql`(${expression}, ${agents.id}) > ${row}`
    : sql`(${expression}, ${agents.id}) < ${row}`;
}

/** Agents of the actor's team, narrowed and ordered, page by page. */
export const listAgents = defineQuery({
  name: 'agents.list',
  permission: 'agents:read',
  input: agentListSchema,
  async run({ input, actor, db }): Promise<Page<AgentRow>> {
    const expression = SORT_EXPRESSIONS[input.sort];
    const direction = input.order === 'asc' ? asc : desc;
    const rows = await db
      .select({ ...rowColumns, sortValue: expression })
      .from(agents)
      .innerJoin(teams, eq(teams.id, agents.teamId))
      .leftJoin(users, eq(users.id, agents.ownerId))
      .where(
        ofTeam(
          actor.teamId,
          contains(input.q),
          input.status && inArray(agents.status, input.status),
          input.environment && inArray(agents.environment, input.environment),
          input.type && inArray(agents.type, input.type),
          input.source && eq(agents.source, input.source),
          ownerIs(input.owner, actor),
          after(input),
        ),
      )
      .orderBy(direction(expression), direction(agents.id))
      .limit(input.limit + 1);
    const last = rows.length > input.limit ? rows[input.limit - 1] : undefined;
    return {
      items: rows.slice(0, input.limit).map(toAgentRow),
      nextCursor: last ? encodeCursor([`${input.sort}:${input.order}`, last.sortValue, last.id]) : null,
    };
  },
});

/** One agent. @throws AppError `not_found`, for an agent of another team too */
export const getAgent = defineQuery({
  name: 'agents.get',
  permission: 'agents:read',
  input: z.strictObject({ id: z.uuid() }),
  async run({ input, actor, db }): Promise<AgentDetail> {
    const [row] = await db
      .select(detailColumns)
      .from(agents)
      .innerJoin(teams, eq(teams.id, agents.teamId))
      .leftJoin(users, eq(users.id, agents.ownerId))
      .where(ofTeam(actor.teamId, eq(agents.id, input.id)));
    if (!row) throw new AppError('not_found', 'There is no such agent.');
    return toAgentDetail(row, actor);
  },
});

const inEnvironment = z.strictObject({ environment: plainText(64).optional() });

/** How many agents the team has in each status. */
export const countAgents = defineQuery({
  name: 'agents.count',
  permission: 'agents:read',
  input: inEnvironment,
  async run({ input, actor, db }): Promise<FleetCounts> {
    const rows = await db
      .select({ status: agents.status, count: sql<number>`count(*)::int` })
      .from(agents)
      .where(ofTeam(actor.teamId, input.environment ? eq(agents.environment, input.environment) : undefined))
      .groupBy(agents.status);
    const byStatus = Object.fromEntries(AGENT_STATUSES.map((status) => [status, 0])) as Record<
      AgentStatus,
      number
    >;
    for (const row of rows) byStatus[row.status] = row.count;
    return {
      total: rows.reduce((sum, row) => sum + row.count, 0),
      attention: byStatus.error + byStatus.unreachable + byStatus.degraded,
      byStatus,
    };
  },
});

const FACET_LIMIT = 100;

/** The values that the team's list can be narrowed to, the most frequent first. */
export const agentFacets = defineQuery({
  name: 'agents.facets',
  permission: 'agents:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<AgentFacets> {
    const facet = async (value: SQL<string>, label: SQL<string> = value) =>
      db
        .select({ value, label, count: sql<number>`count(*)::int` })
        .from(agents)
        .leftJoin(users, eq(users.id, agents.ownerId))
        .where(ofTeam(actor.teamId))
        .groupBy(sql`1`, sql`2`)
        .orderBy(sql`3 desc`, sql`1`)
        .limit(FACET_LIMIT);
    const [environment, type, source, owner] = await Promise.all([
      facet(sql`${agents.environment}`),
      facet(sql`${agents.type}`),
      facet(sql`${agents.source}`),
      facet(
        sql`coalesce(${agents.ownerId}::text, 'none')`,
        sql`coalesce(nullif(${users.name}, ''), ${users.email}, 'nobody')`,
      ),
    ]);
    return { environment, type, source, owner };
  },
});
