import { and, eq, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Reader } from '#db/client.ts';
import { agents } from '#db/schema/agents.ts';
import { alertInstances, alertRules } from '#db/schema/alert-rules.ts';
import { alerts } from '#db/schema/alerts.ts';
import { users } from '#db/schema/members.ts';
import type { AlertRow } from '#lib/model/alert-view.ts';

const acknowledger = alias(users, 'acknowledger');
const assignee = alias(users, 'assignee');
const resolver = alias(users, 'resolver');

const columns = {
  alert: alerts,
  agentName: agents.name,
  acknowledgedByName: sql<string | null>`coalesce(nullif(${acknowledger.name}, ''), ${acknowledger.email})`,
  assigneeName: sql<string | null>`coalesce(nullif(${assignee.name}, ''), ${assignee.email})`,
  resolvedByName: sql<string | null>`coalesce(nullif(${resolver.name}, ''), ${resolver.email})`,
  conditionSince: alertInstances.activeAt,
  clearSince: sql<number | null>`floor(extract(epoch from ${alertInstances.clearSince}) * 1000)::float8`,
  keptForSeconds: sql<number | null>`(${alertRules.definition} ->> 'keepFiringForSeconds')::float8`,
};

const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/** The instance of its rule that an open alert stands for; joined by hand, since alerts of senders have none. */
export const OWN_INSTANCE = sql`${alerts.status} <> 'resolved' and ${alertInstances.fingerprint} = ${alerts.fingerprint}
  and ${alertInstances.ruleId} = case when ${alerts.source} = 'rule' and ${alerts.sourceId} ~ ${UUID}
    then ${alerts.sourceId}::uuid end`;

/** Alerts of a team with the names of those who have to do with them. */
export function selectAlertRows(db: Reader, teamId: string, ...conditions: (SQL | undefined)[]) {
  return db
    .select(columns)
    .from(alerts)
    .leftJoin(agents, eq(agents.id, alerts.agentId))
    .leftJoin(acknowledger, eq(acknowledger.id, alerts.acknowledgedBy))
    .leftJoin(assignee, eq(assignee.id, alerts.assigneeId))
    .leftJoin(resolver, eq(resolver.id, alerts.resolvedBy))
    .leftJoin(alertInstances, OWN_INSTANCE)
    .leftJoin(alertRules, eq(alertRules.id, alertInstances.ruleId))
    .where(and(eq(alerts.teamId, teamId), ...conditions))
    .$dynamic();
}

export type AlertRecord = Awaited<ReturnType<typeof selectAlertRows>>[number];

const KINDS: readonly string[] = ['silence', 'maintenance', 'inhibition'];
const named = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

type Who = Pick<AlertRow, 'acknowledged' | 'assignee' | 'snoozedUntil' | 'resolved'>;

/** Who has it, who ended it and when. */
function whoOf({ alert, ...names }: AlertRecord): Who {
  const { status, acknowledgedAt, acknowledgementExpiresAt, resolvedAt, resolveReason } = alert;
  return {
    acknowledged:
      status === 'active' || acknowledgedAt === null
        ? null
        : {
            by: names.acknowledgedByName,
            at: acknowledgedAt.getTime(),
            expiresAt: acknowledgementExpiresAt?.getTime() ?? null,
          },
    assignee: named(alert.assigneeId, names.assigneeName),
    snoozedUntil: alert.snoozedUntil?.getTime() ?? null,
    resolved:
      status === 'resolved' && resolvedAt !== null
        ? { by: names.resolvedByName, at: resolvedAt.getTime(), reason: resolveReason ?? '' }
        : null,
  };
}

/** Since when it is back to normal, and until when its rule keeps it open (alerting S5). */
function recoveringOf({ clearSince, keptForSeconds }: AlertRecord): AlertRow['recovering'] {
  if (clearSince === null) return null;
  return { since: clearSince, until: clearSince + (keptForSeconds ?? 0) * 1000 };
}

export function toAlertRow(record: AlertRecord): AlertRow {
  const { alert, agentName } = record;
  const { id, source, sourceId, labels, severity, status, title, message, value, flapping } = alert;
  return {
    id,
    source,
    sourceId,
    labels: { ...labels },
    agent: named(alert.agentId, agentName),
    severity,
    status,
    title,
    message,
    value,
    startsAt: alert.startsAt.getTime(),
    lastReceivedAt: alert.lastReceivedAt.getTime(),
    ...whoOf(record),
    flapping,
    recovering: recoveringOf(record),
    suppressedBy: alert.suppressedBy.filter(({ kind }) => KINDS.includes(kind)) as AlertRow['suppressedBy'],
    feedback: alert.feedback,
    version: alert.version,
  };
}
