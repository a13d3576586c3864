import { setTimeout as wait } from 'node:timers/promises';

/** The supervisor waits up to half a minute before it starts again what was killed often, milliseconds. */
const PATIENCE_MS = 240_000;
const RETRYABLE = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Sends the same request until it is answered 2xx, as senders do whose request broke. Answers with that moment. */
export async function untilAnswered(
  url: string,
  headers: Record<string, string>,
  body: unknown,
  stop?: AbortSignal,
): Promise<number> {
  let last = '';
  const text = JSON.stringify(body);
  for (const giveUpAt = Date.now() + PATIENCE_MS; Date.now() < giveUpAt && !stop?.aborted; ) {
    try {
      const timeout = AbortSignal.timeout(15_000);
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: text,
        signal: stop ? AbortSignal.any([timeout, stop]) : timeout,
      });
      last = `${response.status} ${await response.text()}`;
      if (response.ok) return Date.now();
      if (!RETRYABLE.has(response.status)) break;
    } catch (error) {
      last = String(error);
    }
    await wait(100);
  }
  throw new Error(`${url} was never answered 2xx, last: ${last}`);
}
