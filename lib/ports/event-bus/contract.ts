import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EventBus } from './port.ts';

/** What an adapter must offer to be put through the contract. */
export interface BusGround {
  /** A new bus, as another process would have it. */
  open(): EventBus;
  /** Cuts every connection of every bus to its server, which stays up or comes back by itself. */
  cut(): Promise<void>;
  /** A bus whose server never answers. */
  openUnreachable(): Promise<{ bus: EventBus; stop(): Promise<void> }>;
  close(): Promise<void>;
}

/** Collects payloads and lets a test wait for a number of them. */
class Inbox {
  readonly payloads: string[] = [];
  readonly channels: string[] = [];
  #waiting: (() => void)[] = [];

  readonly take = (payload: string, channel: string): void => {
    this.payloads.push(payload);
    this.channels.push(channel);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  async until(count: number, timeoutMs = 10_000): Promise<string[]> {
    const end = performance.now() + timeoutMs;
    while (this.payloads.length < count) {
      if (performance.now() > end) throw new Error(`${this.payloads.length} of ${count} messages arrived`);
      const next = Promise.withResolvers<void>();
      this.#waiting.push(next.resolve);
      await Promise.race([next.promise, delay(100)]);
    }
    return this.payloads;
  }
}

const range = (length: number) => Array.from({ length }, (_, i) => i);

/** The promise of the port, for every adapter. Channels are named anew by each test: servers may be shared. */
export function eventBusContract(name: string, makeGround: () => Promise<BusGround>): void {
  describe(`event bus ${name}`, () => {
    let ground: BusGround;
    const opened: EventBus[] = [];
    const open = () => {
      const bus = ground.open();
      opened.push(bus);
      return bus;
    };
    const fresh = (kind: 'live' | 'events') => `${kind}:${crypto.randomUUID()}`;

    beforeAll(async () => {
      ground = await makeGround();
    });
    afterEach(() => Promise.all(opened.splice(0).map((bus) => bus.close())));
    afterAll(() => ground.close());

    describe.each(['live', 'events'] as const)('on %s channels', (kind) => {
      it('keeps the order of a publisher', async () => {
        const [publisher, subscriber] = [open(), open()];
        const channel = fresh(kind);
        const inbox = new Inbox();
        await subscriber.subscribe(channel, inbox.take);
        await Promise.all(range(500).map((i) => publisher.publish(channel, String(i))));
        expect(await inbox.until(500)).toEqual(range(500).map(String));
      });

      it('delivers equal messages as often as they were published', async () => {
        const [publisher, subscriber] = [open(), open()];
        const channel = fresh(kind);
        const inbox = new Inbox();
        await subscriber.subscribe(channel, inbox.take);
        await Promise.all(range(50).map(() => publisher.publish(channel, 'same')));
        await publisher.publish(channel, 'end');
        expect(await inbox.until(51)).toEqual([...range(50).map(() => 'same'), 'end']);
      });

      it('delivers to a pattern with the name of the channel, and to nobody else', async () => {
        const [publisher, subscriber] = [open(), open()];
        const team = crypto.randomUUID();
        const [inbox, other] = [new Inbox(), new Inbox()];
        await subscriber.subscribe(`${kind}:${team}*`, inbox.take);
        await subscriber.subscribe(`${kind}:${team}?c`, other.take);
        await publisher.publish(fresh(kind), 'elsewhere');
        await publisher.publish(`${kind}:${team}-a`, 'a');
        await publisher.publish(`${kind}:${team}-bc`, 'b');
        expect(await inbox.until(2)).toEqual(['a', 'b']);
        expect(inbox.channels).toEqual([`${kind}:${team}-a`, `${kind}:${team}-bc`]);
        expect(other.payloads).toEqual([]);
      });

      it('delivers to every subscriber, the publisher itself included', async () => {
        const [first, second] = [open(), open()];
        const channel = fresh(kind);
        const [own, other, again] = [new Inbox(), new Inbox(), new Inbox()];
        await first.subscribe(channel, own.take);
        await second.subscribe(channel, other.take);
        await second.subscribe(channel, again.take);
        await first.publish(channel, 'to all');
        for (const inbox of [own, other, again]) expect(await inbox.until(1)).toEqual(['to all']);
      });

      it.each([0, 1, 7000, 8000, 65_536, 1_048_576])('carries %d bytes unchanged', async (bytes) => {
        const [publisher, subscriber] = [open(), open()];
        const channel = fresh(kind);
        const inbox = new Inbox();
        await subscriber.subscribe(channel, inbox.take);
        const payload = 'x'.repeat(bytes);
        await publisher.publish(channel, payload);
        await publisher.publish(channel, 'after');
        const got = await inbox.until(2);
        expect([got[0] === payload, got[1]]).toEqual([true, 'after']);
      });

      it('carries UTF-8 of every length unchanged', async () => {
        const [publisher, subscriber] = [open(), open()];
        const channel = fresh(kind);
        const inbox = new Inbox();
        await subscriber.subscribe(channel, inbox.take);
        const payload = 'aé✓𝄞\n\u0001"\\'.repeat(40_000);
        await publisher.publish(channel, payload);
        expect((await inbox.until(1))[0] === payload).toBe(true);
      });

      it('refuses more than 1 MiB', async () => {
        await expect(open().publish(fresh(kind), '€'.repeat(400_000))).rejects.toMatchObject({
          code: 'too_large',
        });
      });

      it('delivers from a publisher that was there first, and from one that comes later', async () => {
        const early = open();
        const channel = fresh(kind);
        await early.publish(channel, 'to nobody');
        const inbox = new Inbox();
        await open().subscribe(channel, inbox.take);
        await early.publish(channel, 'early');
        await inbox.until(1);
        await open().publish(channel, 'late');
        expect(await inbox.until(2)).toEqual(['early', 'late']);
      });

      it('stops delivering once unsubscribed, and a failing listener costs the next one nothing', async () => {
        const [publisher, subscriber] = [open(), open()];
        const channel = fresh(kind);
        const [gone, kept] = [new Inbox(), new Inbox()];
        const leave = await subscriber.subscribe(channel, gone.take);
        await subscriber.subscribe(channel, () => {
          throw new Error('a broken listener');
        });
        await subscriber.subscribe(channel, kept.take);
        await leave();
        await leave();
        await publisher.publish(channel, 'one');
        await kept.until(1);
        expect(gone.payloads).toEqual([]);
      });

      it('comes back after its connections were cut, and says that messages may be missing', async () => {
        const [publisher, subscriber] = [open(), open()];
        const channel = fresh(kind);
        const inbox = new Inbox();
        const gap = Promise.withResolvers<void>();
        subscriber.onGap(gap.resolve);
        await subscriber.subscribe(channel, inbox.take);
        await publisher.publish(channel, 'before');
        await inbox.until(1);
        await ground.cut();
        await gap.promise;
        // The publisher's own connection may come back a moment later.
        for (let tries = 0; inbox.payloads.length < 2 && tries < 100; tries++) {
          await publisher.publish(channel, 'after').catch(() => {});
          await delay(50);
        }
        expect(inbox.payloads[1]).toBe('after');
      });

      it('lets a flood on a channel that nobody listens to pass by', async () => {
        const [publisher, subscriber] = [open(), open()];
        const [quiet, loud] = [fresh(kind), fresh(kind)];
        const inbox = new Inbox();
        await subscriber.subscribe(quiet, inbox.take);
        await Promise.all(range(300).map(() => publisher.publish(loud, 'x'.repeat(1000))));
        await publisher.publish(quiet, 'only this');
        expect(await inbox.until(1)).toEqual(['only this']);
      });
    });

    it('reports a publish within 2 s when the server does not answer', async () => {
      const { bus, stop } = await ground.openUnreachable();
      const started = performance.now();
      await expect(bus.publish(fresh('events'), 'lost')).rejects.toMatchObject({ code: 'unavailable' });
      expect(performance.now() - started).toBeLessThan(2500);
      await bus.close();
      await stop();
    });

    it('closes as often as it is asked, and takes nothing afterwards', async () => {
      const bus = ground.open();
      await bus.subscribe(fresh('live'), () => {});
      await Promise.all([bus.close(), bus.close()]);
      await bus.close();
      await expect(bus.publish(fresh('live'), 'late')).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
}
