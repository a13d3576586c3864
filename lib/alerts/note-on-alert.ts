import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { noteSchema } from '#lib/model/alert-response.ts';
import { lockAlert } from './lock-alerts.ts';
import type { OpenAlert } from './open-alerts.ts';
import { doerOf, writeTimeline } from './timeline.ts';

/** Makes browsers read the alert again. */
async function bump(tx: Tx, alert: OpenAlert, announce: CommandArgs<unknown>['announce'], at: Date) {
  await tx.execute(sql`update alerts set version = version + 1 where id = ${alert.id}::uuid`);
  const { id: alertId, status, severity, title, agentId } = alert;
  const version = alert.version + 1;
  announce({ type: 'alert.changed', alertId, version, status, severity, title, agentId, at: at.getTime() });
}

/** @throws AppError `not_found` for an alert that the team does not have */
export const commentOnAlert = defineCommand({
  name: 'alerts.comment',
  permission: 'alerts:comment',
  input: z.strictObject({ id: z.uuid(), text: noteSchema.min(1) }),
  audit: { action: 'alert.comment', target: 'alert' },
  async run({ input: { id, text }, actor, tx, announce }) {
    const at = await databaseNow(tx);
    const alert = await lockAlert(tx, actor.teamId, id);
    const doer = doerOf(actor, actor.kind === 'key' ? 'api' : 'web');
    await writeTimeline(tx, actor.teamId, doer, [{ alertId: id, kind: 'commented', note: text }], at);
    await bump(tx, alert, announce, at);
    return {
      result: { id, status: alert.status, version: alert.version + 1 },
      targetId: id,
      after: { text },
    };
  },
});

/**
 * Says of what worth an alert was: noise feedback, which the statistics add up. Null takes it back.
 *
 * @throws AppError `not_found` for an alert that the team does not have
 */
export const giveAlertFeedback = defineCommand({
  name: 'alerts.feedback',
  permission: 'alerts:comment',
  input: z.strictObject({
    id: z.uuid(),
    feedback: z.enum(['useful', 'noise']).nullable(),
    reason: noteSchema.optional(),
  }),
  audit: { action: 'alert.feedback', target: 'alert' },
  async run({ input: { id, feedback, reason = '' }, actor, tx, announce }) {
    const at = await databaseNow(tx);
    const alert = await lockAlert(tx, actor.teamId, id);
    const why = reason === '' ? null : reason;
    await tx.execute(sql`
      update alerts set feedback = ${feedback}, feedback_reason = ${why} where id = ${id}::uuid`);
    const doer = doerOf(actor, actor.kind === 'key' ? 'api' : 'web');
    const entry = { alertId: id, kind: 'feedback' as const, note: reason, details: { feedback } };
    await writeTimeline(tx, actor.teamId, doer, [entry], at);
    await bump(tx, alert, announce, at);
    return {
      result: { id, status: alert.status, version: alert.version + 1 },
      targetId: id,
      after: { feedback, reason },
    };
  },
});
