import { and, desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { alertEvents, alerts } from '#db/schema/alerts.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { AlertDetail, AlertEvent } from '#lib/model/alert-view.ts';
import { selectAlertRows, toAlertRow } from './alert-rows.ts';

const EVENTS_SHOWN = 500;

async function readEvents(db: Reader, teamId: string, alertId: string): Promise<AlertEvent[]> {
  const rows = await db
    .select()
    .from(alertEvents)
    .where(and(eq(alertEvents.alertId, alertId), eq(alertEvents.teamId, teamId)))
    .orderBy(desc(alertEvents.at), desc(alertEvents.id))
    .limit(EVENTS_SHOWN);
  return rows.reverse().map(({ id, kind, at, actorKind, actorName, via, note, details }) => ({
    id,
    kind,
    at: at.getTime(),
    actor: { kind: actorKind, name: actorName },
    via,
    note,
    details,
  }));
}

/** One alert with its timeline. @throws AppError `not_found`, for an alert of another team too */
export const getAlert = defineQuery({
  name: 'alerts.get',
  permission: 'alerts:read',
  input: z.strictObject({ id: z.uuid() }),
  async run({ input: { id }, actor, db }): Promise<AlertDetail> {
    const [record] = await selectAlertRows(db, actor.teamId, eq(alerts.id, id)).limit(1);
    if (!record) throw new AppError('not_found', 'There is no such alert.');
    const { alert } = record;
    return {
      ...toAlertRow(record),
      annotations: { ...alert.annotations },
      generatorUrl: alert.generatorUrl,
      runbookUrl: alert.runbookUrl,
      endsAt: alert.endsAt?.getTime() ?? null,
      endsByTimeout: alert.endsByTimeout,
      openedAt: alert.createdAt.getTime(),
      conditionSince: record.conditionSince?.getTime() ?? null,
      reopenedFrom: alert.reopenedFrom,
      feedbackReason: alert.feedbackReason,
      events: await readEvents(db, actor.teamId, id),
    };
  },
});
