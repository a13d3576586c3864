import type { Clock } from '#lib/kernel/clock.ts';
import { channels } from '#lib/model/event.ts';
import { createLiveAccumulator, type LiveAccumulator } from '#lib/pipeline/live/live-accumulator.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';

export interface LivePublisherOptions {
  bus: Pick<EventBus, 'publish'>;
  /** Names this process on every tick; new with each start. */
  writer: string;
  clock: Clock;
  /** Shortest time between two ticks of a team. */
  tickMs: number;
  onPublished(ok: boolean): void;
}

/** A tick may cost this share of the time between ticks; a dearer one makes the ticks rarer. */
const MAX_TICK_SHARE = 0.1;
const SLOWEST_TICK_MS = 1_000;

interface TeamTicks {
  live: LiveAccumulator;
  timer: NodeJS.Timeout | undefined;
  publishing: boolean;
  /** When the last tick left, on the clock of `performance.now()`. */
  leftAt: number;
}

/**
 * Publishes what each team's accumulator has counted, a tick at a time and only when there is news. One
 * tick of a team is under way at a time, so a bus that hangs or is away costs nothing but one open
 * publish: values go on being counted, and the tick after a lost one asks receivers to reload.
 */
export function createLivePublisher(options: LivePublisherOptions) {
  const teams = new Map<string, TeamTicks>();
  let intervalMs = options.tickMs;
  let stopped = false;

  function schedule(teamId: string, ticks: TeamTicks): void {
    if (stopped || ticks.timer !== undefined || ticks.publishing) return;
    const wait = Math.max(0, ticks.leftAt + intervalMs - performance.now());
    ticks.timer = setTimeout(() => void publish(teamId, ticks), wait);
  }

  async function publish(teamId: string, ticks: TeamTicks): Promise<void> {
    clearTimeout(ticks.timer);
    ticks.timer = undefined;
    if (!ticks.live.hasNews()) return;
    ticks.publishing = true;
    const startedAt = performance.now();
    ticks.leftAt = startedAt;
    const payload = JSON.stringify(ticks.live.take(options.writer, options.clock.now()));
    adapt(performance.now() - startedAt);
    try {
      await options.bus.publish(channels.live(teamId), payload);
      options.onPublished(true);
    } catch {
      options.onPublished(false);
      ticks.live.askResync();
      intervalMs = SLOWEST_TICK_MS;
    } finally {
      ticks.publishing = false;
    }
    if (ticks.live.hasNews()) schedule(teamId, ticks);
  }

  function adapt(costMs: number): void {
    const wanted = Math.min(SLOWEST_TICK_MS, Math.max(options.tickMs, costMs / MAX_TICK_SHARE));
    intervalMs = wanted > intervalMs ? wanted : intervalMs * 0.9 + wanted * 0.1;
  }

  return {
    /** The accumulator of a team; counting into it must be followed by {@link changed}. */
    of(teamId: string): LiveAccumulator {
      let ticks = teams.get(teamId);
      if (ticks === undefined) {
        ticks = {
          live: createLiveAccumulator(),
          timer: undefined,
          publishing: false,
          leftAt: -SLOWEST_TICK_MS,
        };
        teams.set(teamId, ticks);
      }
      return ticks.live;
    },
    /** There is news of a team: a tick leaves at once when the last one is a tick time old, else when it is. */
    changed(teamId: string): void {
      const ticks = teams.get(teamId);
      if (ticks !== undefined) schedule(teamId, ticks);
    },
    /** Publishes what is left and ends. */
    async stop(): Promise<void> {
      stopped = true;
      await Promise.all([...teams].map(([teamId, ticks]) => publish(teamId, ticks)));
    },
  };
}

export type LivePublisher = ReturnType<typeof createLivePublisher>;
