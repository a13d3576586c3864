import type { Clock } from '#lib/kernel/clock.ts';
import { checkRepositories } from '#lib/repositories/outbox/check-repositories.ts';
import { reconcileDeliveries } from '#lib/repositories/outbox/reconcile-deliveries.ts';
import { type HostTools, tellStatuses } from '#lib/repositories/outbox/tell-statuses.ts';
import { settleDeliveries } from '#lib/repositories/webhooks/settle-deliveries.ts';
import type { Loop } from '../loop.ts';

/** What repositories told, what they are to be told, and what of theirs never came. */
export function codeHostLoop(tools: HostTools & { clock: Clock }): Loop {
  return {
    name: 'code-host',
    intervalMs: 60_000,
    timeoutMs: 300_000,
    exclusive: 'claims',
    async step() {
      const settled = await settleDeliveries(tools.db);
      const told = await tellStatuses(tools);
      const checked = await checkRepositories(tools);
      const asked = await reconcileDeliveries(tools, tools.clock.now());
      return { done: settled.done + told.done + checked + asked, more: settled.more || told.more };
    },
  };
}
