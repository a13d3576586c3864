import { readFileSync } from 'node:fs';
import type { PushPayload } from '#lib/model/push-payload.ts';
import { makePushBrowser } from '#lib/testing/push-browser.ts';
import { startReceiver } from '#lib/testing/receiver.ts';

/** The variable that the global setup leaves to the workers: where the certificate of push services is. */
const VARIABLE = 'PITWALL_E2E_PUSH_TLS';

/** Files of the certificate that the product of this run trusts. */
export interface PushTls {
  cert: string;
  key: string;
}

export function publishPushTls(files: PushTls): void {
  process.env[VARIABLE] = JSON.stringify(files);
}

function certificate(): PushTls {
  const text = process.env[VARIABLE];
  if (text === undefined)
    throw new Error(`Set ${VARIABLE} to the files of a certificate for 127.0.0.1 that the product trusts.`);
  const { cert, key } = JSON.parse(text) as PushTls;
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

/**
 * A push service as browsers have one, over TLS: takes encrypted messages for a subscription whose keys are its
 * own, and reads them as the browser would (RFC 8291).
 */
export async function startPushService() {
  const receiver = await startReceiver(certificate());
  receiver.answer({ status: 201 });
  const browser = makePushBrowser();
  let taken = 0;
  return {
    subscription: { endpoint: receiver.url, ...browser.keys },
    /** The next message that came, decrypted, and what its envelope said. */
    async next(withinMs = 45_000): Promise<{ text: string; payload: PushPayload; headers: Headers }> {
      const all = await receiver.count(taken + 1, withinMs);
      const message = all[taken];
      taken += 1;
      if (!message) throw new Error('no message came');
      const text = browser.read(message.bytes);
      const headers = new Headers(
        Object.entries(message.headers).map(([name, value]) => [name, String(value)] as [string, string]),
      );
      return { text, payload: JSON.parse(text) as PushPayload, headers };
    },
    received: () => receiver.received.length,
    close: () => receiver.close(),
  };
}
export type PushService = Awaited<ReturnType<typeof startPushService>>;
