import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#lib/kernel/clock.ts';
import type { LiveTick } from '#lib/model/event.ts';
import { createLivePublisher } from './ingest-live-publisher.ts';

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
  it('sends one tick for what comes within 100 ms and none while nothing changes', async () => {
    const { sent, seen } = publisher();
    seen('a');
    seen('b');
    await vi.advanceTimersByTimeAsync(99);
    expect(sent).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent.map((tick) => tick.agentIds)).toEqual([['a', 'b']]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toHaveLength(1);
    seen('c');
    await vi.advanceTimersByTimeAsync(100);
    expect(sent.map((tick) => tick.seq)).toEqual([1, 2]);
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
