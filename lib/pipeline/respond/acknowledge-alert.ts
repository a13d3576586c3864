import { settledBefore } from '#lib/alerts/settled-before.ts';
import { acknowledgeAlerts } from '#lib/alerts/take-alerts.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { acknowledgeSchema } from '#lib/model/alert-response.ts';
import { onlyOne, requireOwnTap, settle, takingOf } from './respond-to-alerts.ts';

/**
 * Acknowledges an alert: its escalation stops, and with it everything that was not sent yet. Whoever comes second
 * is noted and told who came first; after the end it is noted only (alerting S72 to S74).
 *
 * @throws AppError `not_found` for an alert that the team does not have, `conflict` for the tap of somebody else
 */
export const acknowledgeAlert = defineCommand({
  name: 'alerts.acknowledge',
  permission: 'alerts:acknowledge',
  input: acknowledgeSchema,
  audit: { action: 'alert.acknowledge', target: 'alert' },
  async run(args) {
    requireOwnTap(args.actor, args.input.tappedBy);
    const taking = await takingOf(args, [args.input.id]);
    const taken = await acknowledgeAlerts(args.tx, taking);
    const alert = onlyOne(taken);
    await settle(args, taken, 'acknowledged', taking.at);
    const action = taken.late.length > 0 ? 'alert.acknowledge-late' : 'alert.acknowledge-again';
    const { via, note } = taking;
    const first = taken.changed.length > 0;
    const settled = first ? null : await settledBefore(args.tx, args.actor, alert.id);
    return {
      result: { ...alert, first, settled },
      targetId: alert.id,
      after: { via, note },
      ...(first ? {} : { action }),
    };
  },
});
