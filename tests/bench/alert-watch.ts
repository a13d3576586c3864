import { io } from 'socket.io-client';
import { LIVE_EVENTS, type SubscribeAnswer } from '#lib/model/live.ts';
import { startReceiver } from '#lib/testing/receiver.ts';
import type { Stack } from './stack.ts';
import { seedViewers, signTokens } from './viewers.ts';

/** When each agent was first spoken of, by the monotonic clock of this process. */
export interface Watch {
  seen: Map<string, number>;
  url: string;
  close(): Promise<void>;
}

type Body = { alerts?: { labels: { agent?: string } }[]; data?: { groupLabels: { agent?: string } } };

/** A receiver of webhooks, of Pitwall or Alertmanager. */
export async function watchWebhook(): Promise<Watch> {
  const seen = new Map<string, number>();
  const receiver = await startReceiver();
  receiver.answerBy(({ body }) => {
    const now = performance.now();
    const { alerts = [], data } = JSON.parse(body) as Body;
    for (const agent of [...alerts.map(({ labels }) => labels.agent), data?.groupLabels.agent]) {
      if (agent !== undefined && !seen.has(agent)) seen.set(agent, now);
    }
    // Nothing is looked up in them later, and a benchmark makes many.
    receiver.received.length = 0;
    return { status: 200 };
  });
  return { seen, url: receiver.url, close: () => receiver.close() };
}

/** A browser's socket on the events of the team; titles of alerts are agents here. */
export async function watchEvents(stack: Stack): Promise<Watch> {
  const seen = new Map<string, number>();
  const [token] = signTokens(stack, await seedViewers(stack, 1));
  const socket = io(stack.realtimeUrl, {
    ...{ transports: ['websocket'], auth: { token }, extraHeaders: { origin: stack.url } },
  });
  socket.on(LIVE_EVENTS.delta, (message: string) => {
    const { event } = JSON.parse(message) as { event?: { type: string; title?: string } };
    if (event?.type === 'alert.changed' && event.title !== undefined && !seen.has(event.title))
      seen.set(event.title, performance.now());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect_error', reject);
  socket.once('connect', () => {
    socket.emit(LIVE_EVENTS.subscribe, { view: 'events' }, (answer: SubscribeAnswer) =>
      answer.ok ? resolve() : reject(new Error(answer.message)),
    );
  });
  await promise;
  return { seen, url: stack.realtimeUrl, close: async () => void socket.disconnect() };
}
