import type { AgentFeed } from './agent-feed.ts';
import { untilAnswered } from './until-answered.ts';

/** The product's doors for whoever fires and answers alerts. Each call ends when it was answered 2xx, and says when. */
export interface Doors {
  fire(key: string, startsAt: Date): Promise<number>;
  end(key: string, startsAt: Date): Promise<number>;
  acknowledge(alertId: string): Promise<number>;
}

/** The door of answers. @param apiKey key that may write */
const acknowledging = (url: string, apiKey: string) => (alertId: string) =>
  untilAnswered(`${url}/api/v1/alerts/${alertId}/acknowledge`, { 'x-api-key': apiKey }, {});

/**
 * Doors of who sends alerts to the Alertmanager API.
 *
 * @param url of the console
 * @param sender secret of an alert integration
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
    acknowledge: acknowledging(url, apiKey),
  };
}

/** Doors of who only sends telemetry: a rule finds out that an agent is broken, and that it is well again. */
export function openFedDoors(url: string, feed: AgentFeed, apiKey: string): Doors {
  return {
    fire: (key) => feed.set(key, true),
    end: (key) => feed.set(key, false),
    acknowledge: acknowledging(url, apiKey),
  };
}
