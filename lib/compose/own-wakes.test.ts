import { expect, test } from 'vitest';
import { channels } from '#lib/model/event.ts';
import type { BusHandler } from '#lib/ports/event-bus/subscriptions.ts';
import { wakeOwnLoops } from './own-wakes.ts';

/** A server that hands out what it is given only when it is told to. */
function slowServer() {
  const handlers = new Map<string, Set<BusHandler>>();
  const held: [channel: string, payload: string][] = [];
  const connect = () =>
    wakeOwnLoops({
      kind: 'redis',
      publish: (channel, payload) => {
        held.push([channel, payload]);
        return new Promise(() => {});
      },
      async subscribe(pattern, handler) {
        const own = handlers.get(pattern) ?? new Set();
        handlers.set(pattern, own.add(handler));
        return async () => void own.delete(handler);
      },
      onGap: () => {},
      close: async () => {},
    });
  const goOn = () => {
    for (const [channel, payload] of held.splice(0))
      for (const handler of handlers.get(channel) ?? []) handler(payload, channel);
  };
  return { connect, goOn };
}

test('reliability F10: a wake reaches the loops of its process while the server hangs, and once when it goes on', async () => {
  const server = slowServer();
  const [one, two] = [server.connect(), server.connect()];
  const woken: string[] = [];
  const leave = await one.subscribe(channels.wake('groups'), () => void woken.push('one'));
  await two.subscribe(channels.wake('groups'), () => void woken.push('two'));
  void one.publish(channels.wake('groups'), '');
  void one.publish(channels.wake('deliveries'), '');
  expect(woken).toEqual(['one']);
  server.goOn();
  expect(woken).toEqual(['one', 'two']);
  await leave();
  void one.publish(channels.wake('groups'), '');
  server.goOn();
  expect(woken).toEqual(['one', 'two', 'two']);
});

test('what is no wake takes its way through the server alone', async () => {
  const server = slowServer();
  const bus = server.connect();
  const heard: string[] = [];
  await bus.subscribe(channels.events('a'), (payload) => void heard.push(payload));
  void bus.publish(channels.events('a'), 'event');
  expect(heard).toEqual([]);
  server.goOn();
  expect(heard).toEqual(['event']);
});
