import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#lib/kernel/clock.ts';
import type { LiveTick } from '#lib/model/event.ts';
import { createLivePublisher } from './live-publisher.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A publisher on a bus that the test can switch off or let hang. */
function publisher() {
  const sent: LiveTick[] = [];
  const bus = { state: 'up' as 'up' | 'down' | 'hanging' };
  const live = createLivePublisher({
    bus: {
      publish: async (_channel, payload) => {
        if (bus.state === 'down') throw new Error('away');
        if (bus.state === 'hanging') await new Promise(() => {});
        sent.push(JSON.parse(payload) as LiveTick);
      },
    },
    writer: 'w',
    clock: systemClock,
    tickMs: 100,
    onPublished: () => {},
  });
  const seen = (agentId: string): void => {
    live.of('team').seen(agentId, Date.now());
    live.changed('team');
  };
  return { bus, sent, live, seen };
}

describe('live publisher', () => {
  it('performance P2: tells the first news at once, what follows within 100 ms in one tick, and nothing while nothing changes', async () => {
    const { sent, seen } = publisher();
    seen('a');
    await vi.advanceTimersByTimeAsync(1);
    expect(sent.map((tick) => tick.agentIds)).toEqual([['a']]);
    seen('b');
    seen('c');
    await vi.advanceTimersByTimeAsync(98);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(sent[1]?.agentIds).toEqual(['b', 'c']);
    await vi.advanceTimersByTimeAsync(10_000);
    seen('d');
    await vi.advanceTimersByTimeAsync(1);
    expect(sent.map((tick) => tick.seq)).toEqual([1, 2, 3]);
  });

  it('asks for a reload after a tick that the bus did not take', async () => {
    const { bus, sent, seen } = publisher();
    bus.state = 'down';
    seen('a');
    await vi.advanceTimersByTimeAsync(150);
    bus.state = 'up';
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.map((tick) => [tick.seq, tick.resync])).toEqual([[2, true]]);
  });

  it('keeps one publish open and goes on counting while the bus hangs', async () => {
    const { bus, sent, live, seen } = publisher();
    bus.state = 'hanging';
    seen('a');
    await vi.advanceTimersByTimeAsync(100);
    for (let i = 0; i < 1_000; i++) seen('a');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toHaveLength(0);
    expect(live.of('team').take('w', 0).agentIds).toEqual(['a']);
  });
});
