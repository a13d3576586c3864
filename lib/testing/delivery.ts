import { makeNotifiers } from '#lib/compose/notifiers.ts';
import type { Config } from '#lib/config/config.ts';
import { createLog } from '#lib/kernel/log.ts';
import { createAckTokens } from '#lib/notifications/ack-token.ts';
import { createDeliverer, type DeliveryTools } from '#lib/notifications/delivery/deliver-due.ts';
import { mendFailures } from '#lib/notifications/failures/mend-failures.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { LOOPBACK } from './outbound-policy.ts';
import type { World } from './world.ts';

export const testSecret = 'a secret of the tests, 32 letters and more';

/** A deliverer on a world's database that may reach this machine. */
export function makeDeliverer(
  world: Pick<World, 'db'>,
  values: Partial<DeliveryTools> = {},
  { smtp = null, push = null }: Partial<Pick<Config, 'smtp' | 'push'>> = {},
  timeoutMs = 1000,
) {
  const app = { outbound: LOOPBACK };
  const notifiers = makeNotifiers({ app, mailServer: () => smtp, push }, timeoutMs);
  const deliverer = createDeliverer({
    db: world.db,
    log: createLog('test', 'error'),
    sealer: createSecretBox(testSecret),
    notifiers,
    appUrl: 'https://pitwall.example',
    ackTokens: createAckTokens(testSecret),
    onFailed: mendFailures,
    wake: () => {},
    ...values,
  });
  return {
    ...deliverer,
    /** Sends everything that is due and waits until it is written. */
    async run(): Promise<number> {
      let total = 0;
      for (;;) {
        const count = await deliverer.step(new AbortController().signal);
        await deliverer.idle();
        if (count === 0) return total;
        total += count;
      }
    },
    close: () => notifiers.close(),
  };
}
