import { startProduct } from '../../scripts/testing/product.mjs';
import { findProduct, publishProduct } from './product.ts';

/**
 * Starts the real product once for all journeys, with room for many sign-ins and sockets from this address;
 * PITWALL_E2E names one that runs already.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (findProduct()) return async () => {};
  const running = await startProduct({
    env: { RATE_LIMIT_SIGN_IN_PER_MINUTE: '1000', REALTIME_TRUSTED_RANGES: '127.0.0.0/8' },
  });
  publishProduct(running);
  return async () => {
    await running.stop();
  };
}
