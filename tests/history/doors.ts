import { setTimeout as wait } from 'node:timers/promises';

/** The product's doors for whoever fires and answers alerts. Each call ends when it was answered 2xx, and says when. */
export interface Doors {
  fire(key: string, startsAt: Date): Promise<number>;
  end(key: string, startsAt: Date): Promise<number>;
  acknowledge(alertId: string): Promise<number>;
}

/** The supervisor waits up to half a minute before it starts again what was killed often, milliseconds. */
const PATIENCE_MS = 240_000;
const RETRYABLE = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Sends the same request until it is answered 2xx, as senders do whose request broke. */
async function untilAnswered(url: string, headers: Record<string, string>, body: unknown): Promise<number> {
  let last = '';
  for (const giveUpAt = Date.now() + PATIENCE_MS; Date.now() < giveUpAt; ) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
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

/**
 * The doors of a product that runs.
 *
 * @param url of the console
 * @param sender secret of an alert integration
 * @param apiKey key that may write
 */
export function openDoors(url: string, sender: string, apiKey: string): Doors {
  const post = (alert: object) =>
    untilAnswered(`${url}/api/v2/alerts`, { authorization: `Bearer ${sender}` }, [alert]);
  const labelsOf = (key: string) => ({ alertname: key, severity: 'critical' });
  return {
    fire: (key, startsAt) =>
      post({ labels: labelsOf(key), annotations: { summary: key }, startsAt: startsAt.toISOString() }),
    end: (key, startsAt) => {
      const times = { startsAt: startsAt.toISOString(), endsAt: new Date().toISOString() };
      return post({ labels: labelsOf(key), annotations: { summary: key }, ...times });
    },
    acknowledge: (alertId) =>
      untilAnswered(`${url}/api/v1/alerts/${alertId}/acknowledge`, { 'x-api-key': apiKey }, {}),
  };
}
