/**
 * Journeys: what a person does, in a real browser against the real product that the start script
 * started, with its own database, ports and a provisioned admin.
 *
 * This file tells the journeys where the product of this run is.
 */
import type { Product } from '../../scripts/testing/product.mjs';

export type RunningProduct = Pick<
  Product,
  'url' | 'realtimePort' | 'workerPort' | 'otlpHttpUrl' | 'otlpGrpcAddress' | 'admin' | 'apiKey' | 'dataDir'
> & {
  /** The start script, root of all processes of the product. */
  pid: number;
};

/** The variable that the global setup leaves to the workers. */
const VARIABLE = 'PITWALL_E2E';

export function publishProduct(product: Product): void {
  const { url, realtimePort, workerPort, otlpHttpUrl, otlpGrpcAddress, admin, apiKey, dataDir } = product;
  process.env[VARIABLE] = JSON.stringify({
    ...{ url, realtimePort, workerPort, otlpHttpUrl, otlpGrpcAddress },
    ...{ admin, apiKey, dataDir, pid: product.process.pid },
  });
}

/** The product of this run; undefined before the global setup started it. */
export function findProduct(): RunningProduct | undefined {
  const text = process.env[VARIABLE];
  return text === undefined ? undefined : JSON.parse(text);
}

/** The product of this run. */
export function product(): RunningProduct {
  const found = findProduct();
  if (!found) throw new Error('No product runs: start the journeys with npx playwright test -c tests/e2e.');
  return found;
}
