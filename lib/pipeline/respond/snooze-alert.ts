import { acknowledgeAlerts } from '#lib/alerts/take-alerts.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { snoozeSchema } from '#lib/model/alert-response.ts';
import { onlyOne, refuseOver, settle, takingOf } from './respond-to-alerts.ts';

const MINUTE_MS = 60_000;

/**
 * Acknowledges an alert for a while; then it is active again and escalates from the first step. No
 * acknowledgement timeout ends it before (alerting S78).
 *
 * @throws AppError `not_found`, or `conflict` for one that is over
 */
export const snoozeAlert = defineCommand({
  name: 'alerts.snooze',
  permission: 'alerts:snooze',
  input: snoozeSchema,
  audit: { action: 'alert.snooze', target: 'alert' },
  async run(args) {
    const taking = await takingOf(args, [args.input.id]);
    const until = new Date(taking.at.getTime() + args.input.minutes * MINUTE_MS);
    const taken = await acknowledgeAlerts(args.tx, taking, until);
    const result = onlyOne(taken);
    refuseOver(taken);
    await settle(args, taken, 'snoozed', taking.at);
    const { via, note } = taking;
    return {
      result: { ...result, snoozedUntil: until.getTime() },
      targetId: result.id,
      after: { snoozedUntil: until, via, note },
    };
  },
});
