import type { Db } from '#db/client.ts';
import { settleDeliveries } from '#lib/repositories/webhooks/settle-deliveries.ts';
import type { Loop } from '../loop.ts';

/** What repositories told and are to be told. */
export function codeHostLoop(db: Db): Loop {
  return {
    name: 'code-host',
    intervalMs: 30_000,
    timeoutMs: 60_000,
    exclusive: 'claims',
    step: () => settleDeliveries(db),
  };
}
