import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { agents } from '#db/schema/agents.ts';
import { users } from '#db/schema/members.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { AGENT_SORTS } from '#lib/model/agent-view.ts';
import { unstorablePaths } from '#lib/model/storable-text.ts';
import { shownVersion } from './agent-rows.ts';

type AgentSort = (typeof AGENT_SORTS)[number];

const epochMs = (column: SQL) =>
  sql<number>`coalesce(floor(extract(epoch from ${column}) * 1000), 0)::float8`;

/** Orders whose expression is a number; the others are text. */
const NUMERIC: ReadonlySet<AgentSort> = new Set(['attention', 'statusSince', 'lastTelemetry', 'created']);

export const cursorValueOf = (sort: AgentSort): z.ZodType<string | number> =>
  NUMERIC.has(sort) ? CURSOR_VALUES.number : CURSOR_VALUES.text;

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
  version: sql`coalesce(${shownVersion}, '')`,
  owner: sql`lower(coalesce(${users.name}, ''))`,
};

/** Where a list stopped: the order it was in, the value and the id of its last row. */
export type ListPosition<V = string | number> = [order: string, value: V, id: string];

/** What may stand in a cursor for each kind of order: what the database can be asked for. */
export const CURSOR_VALUES = {
  number: z.number(),
  text: z
    .string()
    .max(600)
    .refine((text) => unstorablePaths(text).length === 0),
  time: z.iso.datetime().refine((text) => Date.parse(text) >= 0),
};

export function encodeCursor(position: ListPosition): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws AppError `invalid` for a cursor that was not made by this order of this list */
export function decodeCursor<V extends string | number>(
  text: string,
  order: string,
  value: z.ZodType<V>,
): ListPosition<V> {
  try {
    const given: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return z.tuple([z.literal(order), value, z.uuid()]).parse(given) as ListPosition<V>;
  } catch (cause) {
    const issues = [{ path: 'cursor', message: 'This cursor does not belong to this list.' }];
    throw new AppError('invalid', 'Some values are not valid.', { issues, cause });
  }
}
