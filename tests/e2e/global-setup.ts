import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../../lib/testing/tls.ts';
import { startProduct } from '../../scripts/testing/product.mjs';
import { findProduct, publishProduct } from './product.ts';
import { publishPushTls } from './push-service.ts';

/** A certificate for push services on this machine, as files. */
function writeCertificate(folder: string) {
  const made = makeCertificate();
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, made.cert);
  writeFileSync(files.key, made.key);
  return files;
}

/**
 * Starts the real product once for all journeys, with room for many sign-ins and sockets from this address and
 * trust in our push services; PITWALL_E2E names one that runs already.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (findProduct()) return async () => {};
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-push-'));
  const files = writeCertificate(folder);
  const running = await startProduct({
    env: {
      RATE_LIMIT_SIGN_IN_PER_MINUTE: '1000',
      REALTIME_TRUSTED_RANGES: '127.0.0.0/8',
      NODE_EXTRA_CA_CERTS: files.cert,
    },
  });
  publishProduct(running);
  publishPushTls(files);
  return async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
