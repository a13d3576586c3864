import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import { users } from '#db/schema/members.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { AGENT_SORTS } from '#lib/model/agent-view.ts';

type AgentSort = (typeof AGENT_SORTS)[number];

const epochMs = (column: SQL) =>
  sql<number>`coalesce(floor(extract(epoch from ${column}) * 1000), 0)::float8`;

/** Every order a person may choose, as an expression that is never null (security P12). */
export const SORT_EXPRESSIONS: Record<AgentSort, SQL<string | number>> = {
  attention: sql`case ${agents.status} when 'error' then 0 when 'unreachable' then 1 when 'degraded' then 2
    when 'deploying' then 3 when 'scaling' then 4 when 'running' then 5 else 6 end::float8`,
  name: sql`lower(${agents.name})`,
  status: sql`${agents.status}`,
  statusSince: epochMs(sql`${agents.statusSince}`),
  lastTelemetry: epochMs(sql`${agents.lastTelemetryAt}`),
  created: epochMs(sql`${agents.createdAt}`),
  environment: sql`${agents.environment}`,
  type: sql`${agents.type}`,
  version: sql`coalesce(${agents.version}, '')`,
  owner: sql`lower(coalesce(${users.name}, ''))`,
};

const cursorSchema = z.tuple([z.string(), z.union([z.string().max(600), z.number()]), z.uuid()]);

/** Where a list stopped: the order it was in, the value and the id of its last row. */
export type ListPosition = z.infer<typeof cursorSchema>;

export function encodeCursor(position: ListPosition): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws AppError `invalid` for a cursor that was not made by this order of this list */
export function decodeCursor(text: string, order: string): ListPosition {
  try {
    const position = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (position[0] === order) return position;
  } catch {
    // Falls through to the one answer for every cursor that is not ours.
  }
  throw new AppError('invalid', 'Some values are not valid.', {
    issues: [{ path: 'cursor', message: 'This cursor does not belong to this list.' }],
  });
}
