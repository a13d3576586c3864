import { resolveAlerts } from '#lib/alerts/take-alerts.ts';
import { defineCommand } from '#lib/command/define-command.ts';
import { respondSchema } from '#lib/model/alert-response.ts';
import { onlyOne, refuseOver, settle, takingOf } from './respond-to-alerts.ts';

/**
 * Resolves an alert by hand. While its source still says that it fires it stays resolved, until it was over once.
 *
 * @throws AppError `not_found`, or `conflict` for one that is over already
 */
export const resolveAlert = defineCommand({
  name: 'alerts.resolve',
  permission: 'alerts:resolve',
  input: respondSchema,
  audit: { action: 'alert.resolve', target: 'alert' },
  async run(args) {
    const taking = await takingOf(args, [args.input.id]);
    const taken = await resolveAlerts(args.tx, taking);
    const result = onlyOne(taken);
    refuseOver(taken);
    await settle(args, taken, 'resolved', taking.at);
    const { via, note } = taking;
    return { result, targetId: result.id, after: { status: 'resolved', via, note } };
  },
});
