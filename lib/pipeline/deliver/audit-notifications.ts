import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { type Finding, fingerprintOf } from '#lib/model/alert-finding.ts';
import { paths } from '#lib/model/paths.ts';
import { AUDIT_CHECKS, type AuditCheck, type AuditFinding, findUnsent } from '#lib/notifications/auditor.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';

const SOURCE_ID = 'notification-auditor';

const WORDS: Record<AuditCheck, string> = {
  group_untold: 'alerts should have been told to a channel and were not',
  page_lost: 'pages were handed over and their messages are gone',
  page_overdue: 'pages wait although their time has come',
  group_overdue: 'groups of alerts were not looked at in time',
  escalation_overdue: 'escalations stand still',
  outbox_overdue: 'messages wait in the outbox and nobody sends them',
  alert_unrouted: 'alerts were never put into a group',
  dead_letter: 'messages could not be put into form and reached nobody',
};

function findingOf(check: AuditCheck, count: number, at: Date): Finding {
  const labels = { alertname: 'PitwallNotificationsMissing', check };
  return {
    source: 'system',
    sourceId: SOURCE_ID,
    labels,
    fingerprint: fingerprintOf(labels),
    annotations: {},
    agentId: null,
    severity: 'critical',
    title: 'Notifications are missing',
    message: `${count} ${WORDS[check]}.`,
    value: count,
    generatorUrl: paths.deliveries(),
    runbookUrl: null,
    firing: count > 0,
    startsAt: at,
    endsAt: count > 0 ? null : at,
    endsByTimeout: false,
    reason: check,
  };
}

/** Checks that an alert of ours is still open for, by team. */
async function openChecks(db: Db): Promise<{ teamId: string; check: AuditCheck }[]> {
  const rows = await db.execute<{ team_id: string; check: string }>(sql`
    select team_id, labels ->> 'check' as check from alerts
    where source = 'system' and source_id = ${SOURCE_ID} and status <> 'resolved'`);
  return rows.flatMap(({ team_id, check }) => {
    const known = AUDIT_CHECKS.find((name) => name === check);
    return known ? [{ teamId: team_id, check: known }] : [];
  });
}

/**
 * Compares what should have been sent with what was, and raises an alert of the system where something is
 * missing; it resolves by itself when nothing is any more (reliability F42).
 *
 * @returns how many teams miss something
 */
export async function auditNotifications(db: Db, bus: Pick<EventBus, 'publish'>): Promise<number> {
  const found = await findUnsent(db);
  const over = (await openChecks(db))
    .filter((open) => !found.some(({ teamId, check }) => teamId === open.teamId && check === open.check))
    .map((open): AuditFinding => ({ ...open, count: 0 }));
  for (const [teamId, own] of Map.groupBy([...found, ...over], (finding) => finding.teamId)) {
    const applied = await db.transaction(async (tx) => {
      const at = await databaseNow(tx);
      return applyFindings(
        tx,
        teamId,
        own.map(({ check, count }) => findingOf(check, count, at)),
        at,
      );
    });
    applied.afterCommit(bus);
  }
  return new Set(found.map(({ teamId }) => teamId)).size;
}
