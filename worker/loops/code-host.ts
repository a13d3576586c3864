import type { Clock } from '#lib/kernel/clock.ts';
import { describeSources } from '#lib/pipeline/triggers/describe-sources.ts';
import { runTriggers, type TriggerTools } from '#lib/pipeline/triggers/run-triggers.ts';
import { checkRepositories } from '#lib/repositories/outbox/check-repositories.ts';
import { reconcileDeliveries } from '#lib/repositories/outbox/reconcile-deliveries.ts';
import { tellStatuses } from '#lib/repositories/outbox/tell-statuses.ts';
import { settleDeliveries } from '#lib/repositories/webhooks/settle-deliveries.ts';
import type { Loop } from '../loop.ts';

/** What repositories told and what that starts, what they are to be told or asked, and what of theirs never came. */
export function codeHostLoop(tools: TriggerTools & { clock: Clock }): Loop {
  return {
    name: 'code-host',
    intervalMs: 60_000,
    timeoutMs: 300_000,
    exclusive: 'claims',
    async step() {
      const settled = await settleDeliveries(tools.db);
      const triggered = await runTriggers(tools);
      const told = await tellStatuses(tools);
      const described = await describeSources(tools);
      const checked = await checkRepositories(tools);
      const asked = await reconcileDeliveries(tools, tools.clock.now());
      return {
        done: settled.done + triggered + told.done + described + checked + asked,
        more: settled.more || told.more,
      };
    },
  };
}
