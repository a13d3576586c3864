import { z } from 'zod';
import { acknowledgeAlerts } from '#lib/alerts/take-alerts.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { spendAckLink } from '#lib/notifications/ack-token.ts';
import { settle, takingOf } from './respond-to-alerts.ts';

/**
 * Acknowledges what a message spoke of, by its one-time link: spent and acknowledged in one transaction
 * (alerting S88).
 *
 * @throws AppError `conflict` for a link that was used before
 */
export const acknowledgeByLink = defineCommand({
  name: 'alerts.acknowledge-by-link',
  permission: 'alerts:acknowledge',
  input: z.strictObject({ notificationId: z.uuid() }),
  audit: { action: 'alert.acknowledge', target: 'alert' },
  async run({ input: { notificationId }, actor, tx, announce }) {
    const alertIds = await spendAckLink(tx, actor.teamId, notificationId);
    if (alertIds === null) throw new AppError('conflict', 'This link was used already.');
    const taking = await takingOf({ actor, tx, announce, input: { via: 'link' } }, alertIds);
    const taken = await acknowledgeAlerts(tx, taking);
    await settle({ tx, announce }, taken, 'acknowledged', taking.at);
    const alerts = taken.changed.map(({ alertId }) => alertId);
    return {
      result: { changed: alerts.length, unchanged: alertIds.length - alerts.length },
      targetId: alertIds[0] ?? '',
      after: { via: 'link', notification: notificationId, alerts },
    };
  },
});
