import { z } from 'zod';
import type { CodeHost, HookDelivery } from '../port.ts';
import type { Call } from './client.ts';

/** Deliveries that are read at a time; what happened before is looked for the next time. */
const PAGE = 100;

const deliveriesSchema = z.array(
  z
    .object({
      id: z.int(),
      guid: z.string(),
      delivered_at: z.string(),
      event: z.string(),
      status_code: z.int(),
    })
    .transform(
      (sent): HookDelivery => ({
        ...{ id: sent.id, guid: sent.guid, event: sent.event, statusCode: sent.status_code },
        deliveredAt: Date.parse(sent.delivered_at),
      }),
    ),
);

/** What webhooks were sent, and sending it again (deployment S-86). */
export function hookOperations(call: Call): Pick<CodeHost, 'listDeliveries' | 'redeliver'> {
  return {
    async listDeliveries(repository, hookId, sinceMs) {
      const sent = await call(repository, 'hooks', deliveriesSchema, ({ octokit, owner, repo }) =>
        octokit.rest.repos.listWebhookDeliveries({ owner, repo, hook_id: Number(hookId), per_page: PAGE }),
      );
      return sent.filter(({ deliveredAt }) => deliveredAt >= sinceMs);
    },
    async redeliver(repository, hookId, deliveryId) {
      await call(repository, 'hooks', z.unknown(), ({ octokit, owner, repo }) =>
        octokit.rest.repos.redeliverWebhookDelivery({
          ...{ owner, repo, hook_id: Number(hookId), delivery_id: deliveryId },
        }),
      );
    },
  };
}
