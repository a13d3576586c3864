import { requirePermission } from '#lib/access/require.ts';
import { acknowledgeAlerts, resolveAlerts, type Taken, type Taking } from '#lib/alerts/take-alerts.ts';
import { type CommandArgs, defineCommand } from '#lib/command/define-command.ts';
import { bulkSchema } from '#lib/model/alert-response.ts';
import { requireOwnTap, settle, takingOf } from './respond-to-alerts.ts';

const MINUTE_MS = 60_000;
type Bulk = ReturnType<(typeof bulkSchema)['parse']>;

const PAST = { acknowledge: 'acknowledged', resolve: 'resolved', snooze: 'snoozed' } as const;

function act(tx: CommandArgs<Bulk>['tx'], input: Bulk, taking: Taking): Promise<Taken> {
  if (input.action === 'resolve') return resolveAlerts(tx, taking);
  if (input.action === 'acknowledge') return acknowledgeAlerts(tx, taking);
  return acknowledgeAlerts(tx, taking, new Date(taking.at.getTime() + (input.minutes ?? 0) * MINUTE_MS));
}

/**
 * Acknowledges, resolves or snoozes many alerts at once. What is over, or is not the team's, is left as it is.
 *
 * @throws AppError `forbidden` unless the actor may also do this act to one of them (security Z10), `conflict` for taps
 * of somebody else
 */
export const respondInBulk = defineCommand({
  name: 'alerts.bulk',
  permission: 'alerts:acknowledge',
  input: bulkSchema,
  audit: { action: 'alert.bulk', target: 'alerts' },
  async run(args) {
    const { input, actor, tx } = args;
    requirePermission(actor, `alerts:${input.action}`);
    requireOwnTap(actor, input.tappedBy);
    const taking = await takingOf(args, input.ids);
    const taken = await act(tx, input, taking);
    await settle(args, taken, PAST[input.action], taking.at);
    const ids = taken.changed.map(({ alertId }) => alertId);
    const unchanged = taken.repeated.length + taken.late.length;
    const { via, note } = taking;
    return {
      result: { changed: ids.length, unchanged, unknown: new Set(input.ids).size - ids.length - unchanged },
      targetId: ids[0] ?? '',
      after: { action: input.action, alerts: ids, via, note },
    };
  },
});
