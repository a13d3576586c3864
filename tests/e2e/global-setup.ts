import { startProduct } from '../../scripts/testing/product.mjs';
import { findProduct, publishProduct } from './product.ts';

/** Starts the real product, with room for many sign-ins from one address, once for all journeys; PITWALL_E2E names one that runs already. */
export default async function setup(): Promise<() => Promise<void>> {
  if (findProduct()) return async () => {};
  const running = await startProduct({ env: { RATE_LIMIT_SIGN_IN_PER_MINUTE: '1000' } });
  publishProduct(running);
  return async () => {
    await running.stop();
  };
}
