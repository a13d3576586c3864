import { eq, gte, inArray, ne, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { alertInstances } from '#db/schema/alert-rules.ts';
import { alerts } from '#db/schema/alerts.ts';
import type { Actor } from '#lib/access/actor.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { Page } from '#lib/model/agent-view.ts';
import { SEVERITIES } from '#lib/model/alert.ts';
import {
  type AlertCounts,
  type AlertListQuery,
  type AlertRow,
  alertListSchema,
} from '#lib/model/alert-view.ts';
import { type AlertRecord, OWN_INSTANCE, selectAlertRows, toAlertRow } from './alert-rows.ts';

const IS_QUIET = sql`(${alerts.status} <> 'resolved' and ${alerts.suppressedBy} <> '[]'::jsonb)`;
/** What is kept quiet stands after everything that is heard, whatever its severity. */
const HEARD = sql<number>`(case when ${IS_QUIET} then 0 else 1 end)`;
const RANK = sql<number>`array_position(array['info','warning','error','critical'], ${alerts.severity})`;
const STARTED = sql<string>`floor(extract(epoch from ${alerts.startsAt}) * 1000)::bigint`;

/** Whether it is heard (1) or kept quiet (0), severity, start and id of the last row of a page. */
const cursorSchema = z.tuple([z.int().min(0).max(1), z.enum(SEVERITIES), z.int(), z.uuid()]);

function encodeCursor({ alert }: AlertRecord): string {
  const { id, severity, startsAt, status, suppressedBy } = alert;
  const heard = status !== 'resolved' && suppressedBy.length > 0 ? 0 : 1;
  const position: z.infer<typeof cursorSchema> = [heard, severity, startsAt.getTime(), id];
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function after(cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined;
  try {
    const given: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const [heard, severity, startedMs, id] = cursorSchema.parse(given);
    const rank = SEVERITIES.indexOf(severity) + 1;
    return sql`(${HEARD}, ${RANK}, ${STARTED}, ${alerts.id}) < (${heard}::int, ${rank}::int, ${startedMs}::bigint, ${id}::uuid)`;
  } catch (cause) {
    const issues = [{ path: 'cursor', message: 'This cursor does not belong to this list.' }];
    throw new AppError('invalid', 'Some values are not valid.', { issues, cause });
  }
}

/** Who has an alert: it was handed to them, or they acknowledged it. */
function isHeldBy(who: AlertListQuery['assignee'], actor: Actor): SQL | undefined {
  if (who === undefined) return undefined;
  if (who === 'none') return sql`${alerts.assigneeId} is null and ${alerts.acknowledgedBy} is null`;
  const userId = who === 'me' ? (actor.kind === 'user' ? actor.userId : null) : who;
  if (userId === null) return sql`false`;
  return or(eq(alerts.assigneeId, userId), eq(alerts.acknowledgedBy, userId));
}

function contains(text: string | undefined): SQL | undefined {
  if (!text) return undefined;
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`(${alerts.title} ilike ${pattern} or ${alerts.message} ilike ${pattern}
    or exists (select 1 from jsonb_each_text(${alerts.labels}) l where l.value ilike ${pattern}))`;
}

/**
 * Alerts of the team, the most urgent first, of equally urgent ones the latest, and what is kept quiet after them;
 * page by page.
 */
export const listAlerts = defineQuery({
  name: 'alerts.list',
  permission: 'alerts:read',
  input: alertListSchema,
  async run({ input, actor, db }): Promise<Page<AlertRow>> {
    const rows = await selectAlertRows(
      db,
      actor.teamId,
      input.status ? inArray(alerts.status, input.status) : ne(alerts.status, 'resolved'),
      input.severity && inArray(alerts.severity, input.severity),
      input.agentId === undefined ? undefined : eq(alerts.agentId, input.agentId),
      input.sourceId === undefined ? undefined : eq(alerts.sourceId, input.sourceId),
      input.from === undefined ? undefined : gte(alerts.startsAt, new Date(input.from)),
      isHeldBy(input.assignee, actor),
      contains(input.q),
      after(input.cursor),
    )
      .orderBy(sql`${HEARD} desc, ${RANK} desc, ${STARTED} desc, ${alerts.id} desc`)
      .limit(input.limit + 1);
    const last = rows.length > input.limit ? rows[input.limit - 1] : undefined;
    return {
      items: rows.slice(0, input.limit).map(toAlertRow),
      nextCursor: last ? encodeCursor(last) : null,
    };
  },
});

/** How many alerts of the team are open, in one look. */
export const countAlerts = defineQuery({
  name: 'alerts.count',
  permission: 'alerts:read',
  input: z.strictObject({}),
  async run({ actor, db }): Promise<AlertCounts> {
    const rows = await db
      .select({
        status: alerts.status,
        severity: alerts.severity,
        count: sql<number>`count(*)::int`,
        suppressed: sql<number>`(count(*) filter (where ${IS_QUIET}))::int`,
        recovering: sql<number>`(count(*) filter (where not ${IS_QUIET} and ${alertInstances.clearSince} is not null))::int`,
      })
      .from(alerts)
      .leftJoin(alertInstances, OWN_INSTANCE)
      .where(sql`${alerts.teamId} = ${actor.teamId}::uuid and ${alerts.status} <> 'resolved'`)
      .groupBy(alerts.status, alerts.severity);
    const active = rows.filter(({ status }) => status === 'active');
    const sum = (list: typeof rows, of: 'count' | 'suppressed' | 'recovering' = 'count') =>
      list.reduce((total, row) => total + row[of], 0);
    const ofSeverity = (severity: string) => {
      const own = active.filter((row) => row.severity === severity);
      return sum(own) - sum(own, 'suppressed') - sum(own, 'recovering');
    };
    return {
      active: sum(active),
      acknowledged: sum(rows.filter(({ status }) => status === 'acknowledged')),
      bySeverity: Object.fromEntries(
        SEVERITIES.map((severity) => [severity, ofSeverity(severity)]),
      ) as AlertCounts['bySeverity'],
      suppressed: sum(active, 'suppressed'),
      recovering: sum(active, 'recovering'),
    };
  },
});
