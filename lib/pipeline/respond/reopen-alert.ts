import { lockAlert } from '#lib/alerts/lock-alerts.ts';
import { reopenAlert as reopen } from '#lib/alerts/reopen-alert.ts';
import { keepLooksOut } from '#lib/alerts/stale-mutes.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { respondSchema } from '#lib/model/alert-response.ts';
import { alertEvents } from '#lib/pipeline/raise/announce-alerts.ts';
import { followChanges } from '#lib/pipeline/raise/follow-changes.ts';
import { takingOf } from './respond-to-alerts.ts';

/**
 * Opens a resolved alert again: as a new occurrence that is linked to the old, notified and escalated like any
 * other.
 *
 * @throws AppError `not_found`, or `conflict` for one that is not over or fires again already
 */
export const reopenAlert = defineCommand({
  name: 'alerts.reopen',
  permission: 'alerts:resolve',
  input: respondSchema,
  audit: { action: 'alert.reopen', target: 'alert' },
  async run(args) {
    const { input, actor, tx, announce } = args;
    const taking = await takingOf(args, [input.id]);
    await keepLooksOut(tx, actor.teamId);
    const old = await lockAlert(tx, actor.teamId, input.id);
    if (old.status !== 'resolved') throw new AppError('conflict', 'This alert is not resolved.');
    const opened = await reopen(tx, old, taking);
    if (!opened) throw new AppError('conflict', 'It fires again already, as another alert.');
    const changed = await followChanges(tx, actor.teamId, [opened], taking.at);
    for (const event of alertEvents(changed, taking.at)) announce(event);
    const { via, note } = taking;
    const { alertId: id, alert } = opened;
    return {
      result: { id, status: alert.status, version: alert.version },
      targetId: old.id,
      after: { reopenedAs: id, via, note },
    };
  },
});
