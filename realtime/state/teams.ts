import type { Clock } from '#lib/kernel/clock.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import type { Log } from '#lib/kernel/log.ts';
import { channels, isAboutAgent, type TeamEvent, teamEventSchema } from '#lib/model/event.ts';
import type { Tail } from '#lib/model/live.ts';
import { parseTick } from '#lib/model/live-tick.ts';
import type { LiveAgent } from '#lib/pipeline/live/live-queries.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { TeamState } from './team.ts';

const SWEEP_MS = 1000;
/** Agents that ticks or events spoke of are read from the database together, this long after the first. */
const DESCRIBE_AFTER_MS = 100;
/** The list of a viewed team is read again this often, whatever the bus said. */
const DESCRIBE_EVERY_MS = 60_000;
/** After a resync the store has rolled up what it kept. */
const RELOAD_AFTER_MS = 15_000;
/** The rows of a team stay this long after its last viewer left. */
const RELEASE_AFTER_MS = 120_000;

export interface TeamsOptions {
  bus: Pick<EventBus, 'subscribe' | 'onGap'>;
  clock: Clock;
  log: Log;
  loadAgents(teamId: string, ids?: readonly string[]): Promise<LiveAgent[]>;
  /** The closed windows of the last 15 minutes as the store knows them. */
  loadTail(teamId: string, nowMs: number): Promise<Tail>;
  onTick(result: 'ok' | 'lost' | 'resync' | 'repeated' | 'malformed', lagMs: number): void;
}

interface Held {
  state: TeamState;
  viewed: boolean;
  unviewedSinceMs: number;
  describedAtMs: number;
  describing: Promise<void> | null;
  /** Whether the store was asked for what came before this process counted. */
  hasTail: boolean;
  wanted: Set<string>;
  timer: ReturnType<typeof setTimeout> | undefined;
  reload: ReturnType<typeof setTimeout> | undefined;
}

/** All teams: takes ticks and events from the bus, descriptions and tails from the database. */
export class Teams {
  readonly #options: TeamsOptions;
  readonly #teams = new Map<string, Held>();
  readonly #prefix = randomToken(6);
  #epochs = 0;
  #unsubscribe: (() => Promise<void>)[] = [];
  #sweeper: ReturnType<typeof setInterval> | undefined;
  #onEvent: (team: TeamState, event: TeamEvent) => void = () => {};
  #onRestart: (team: TeamState) => void = () => {};
  #onNews: () => void = () => {};

  constructor(options: TeamsOptions) {
    this.#options = options;
  }

  /** Called with every event of a team, once it was parsed. */
  onEvent(handler: (team: TeamState, event: TeamEvent) => void): void {
    this.#onEvent = handler;
  }

  /** Called when something that browsers see of a team may have changed. */
  onNews(handler: () => void): void {
    this.#onNews = handler;
  }

  /** Called when browsers need new snapshots of a team. */
  onRestart(handler: (team: TeamState) => void): void {
    this.#onRestart = handler;
  }

  get size(): { teams: number; agents: number } {
    let agents = 0;
    for (const { state } of this.#teams.values()) agents += state.agentCount;
    return { teams: this.#teams.size, agents };
  }

  async start(): Promise<void> {
    const { bus } = this.#options;
    bus.onGap(() => this.#gap());
    this.#unsubscribe.push(
      await bus.subscribe(channels.live('*'), (payload, channel) => this.#tick(channel, payload)),
      await bus.subscribe(channels.events('*'), (payload, channel) => this.#event(channel, payload)),
    );
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweeper);
    for (const held of this.#teams.values()) {
      clearTimeout(held.timer);
      clearTimeout(held.reload);
    }
    await Promise.all(this.#unsubscribe.map((leave) => leave()));
  }

  /** The state of a team that somebody looks at now, with its agents read from the database. */
  async view(teamId: string): Promise<TeamState> {
    const held = this.#held(teamId);
    held.viewed = true;
    if (held.describedAtMs === 0) {
      held.describing ??= this.#describeAll(held).finally(() => {
        held.describing = null;
      });
      await held.describing;
    }
    return held.state;
  }

  /** Nobody looks at this team any more. */
  leave(teamId: string): void {
    const held = this.#teams.get(teamId);
    if (!held) return;
    held.viewed = false;
    held.unviewedSinceMs = this.#options.clock.now();
  }

  #held(teamId: string): Held {
    let held = this.#teams.get(teamId);
    if (!held) {
      const nowMs = this.#options.clock.now();
      held = {
        state: new TeamState(teamId, () => `${this.#prefix}.${++this.#epochs}`, nowMs),
        viewed: false,
        unviewedSinceMs: nowMs,
        describedAtMs: 0,
        describing: null,
        hasTail: false,
        wanted: new Set(),
        timer: undefined,
        reload: undefined,
      };
      this.#teams.set(teamId, held);
    }
    return held;
  }

  #tick(channel: string, payload: string): void {
    const nowMs = this.#options.clock.now();
    const tick = parseTick(payload);
    if (tick === null) {
      this.#options.onTick('malformed', 0);
      return;
    }
    const held = this.#held(channel.slice('live:'.length));
    const result = held.state.apply(tick, nowMs);
    this.#options.onTick(result, nowMs - tick.at);
    if (result === 'lost' || result === 'resync') this.#reloadSoon(held);
    for (const id of held.state.undescribed) held.wanted.add(id);
    this.#describeSoon(held);
    this.#onNews();
  }

  #event(channel: string, payload: string): void {
    let event: TeamEvent;
    try {
      event = teamEventSchema.parse(JSON.parse(payload));
    } catch {
      this.#options.log.debug({ channel }, 'an unknown event was left out');
      return;
    }
    const held = this.#held(channel.slice('events:'.length));
    this.#onEvent(held.state, event);
    if (event.type === 'agent.deleted') {
      held.state.forget([event.agentId]);
      this.#onNews();
    } else if (isAboutAgent(event)) {
      held.wanted.add(event.agentId);
      this.#describeSoon(held);
    }
  }

  /** Reads the agents that were spoken of; of a team that nobody looks at nothing is read until somebody does. */
  #describeSoon(held: Held): void {
    if (held.wanted.size === 0) return;
    if (!held.viewed) {
      held.wanted.clear();
      if (held.describedAtMs > 0) {
        held.describedAtMs = 0;
        held.state.release();
      }
      return;
    }
    held.timer ??= setTimeout(() => {
      held.timer = undefined;
      const ids = [...held.wanted];
      held.wanted.clear();
      this.#describe(held, ids).catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'agents could not be read, trying again later');
        held.describedAtMs = 1;
      });
    }, DESCRIBE_AFTER_MS);
  }

  async #describe(held: Held, ids: readonly string[]): Promise<void> {
    const agents = await this.#options.loadAgents(held.state.id, ids);
    const found = new Set(agents.map((agent) => agent.id));
    held.state.forget(ids.filter((id) => !found.has(id)));
    held.state.describe(agents, false);
    this.#onNews();
  }

  async #describeAll(held: Held): Promise<void> {
    const nowMs = this.#options.clock.now();
    held.state.describe(await this.#options.loadAgents(held.state.id), true);
    if (!held.hasTail) await this.#loadTail(held);
    held.describedAtMs = nowMs;
    this.#onNews();
  }

  async #loadTail(held: Held): Promise<void> {
    try {
      held.state.loadTail(await this.#options.loadTail(held.state.id, this.#options.clock.now()));
      held.hasTail = true;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the recent past could not be read from the store');
    }
  }

  /** A tick was lost, or counted what was not stored: the store is asked once it has rolled up. */
  #reloadSoon(held: Held): void {
    held.reload ??= setTimeout(() => {
      held.reload = undefined;
      void this.#loadTail(held).then(() => this.#onRestart(held.state));
    }, RELOAD_AFTER_MS);
  }

  #gap(): void {
    for (const held of this.#teams.values()) {
      if (!held.viewed) {
        held.describedAtMs = 0;
        continue;
      }
      void this.#describeAll(held)
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'agents could not be read'))
        .then(() => {
          held.state.restart();
          this.#onRestart(held.state);
        });
      this.#reloadSoon(held);
    }
  }

  #sweep(): void {
    const nowMs = this.#options.clock.now();
    for (const [teamId, held] of this.#teams) {
      held.state.sweep(nowMs, held.viewed);
      if (held.viewed) {
        const due = held.describedAtMs > 0 && nowMs - held.describedAtMs > DESCRIBE_EVERY_MS;
        if (due && held.describing === null) {
          held.describing = this.#describeAll(held)
            .catch((error: unknown) => this.#options.log.warn({ err: error }, 'agents could not be read'))
            .finally(() => {
              held.describing = null;
            });
        }
        continue;
      }
      if (held.describedAtMs > 0 && nowMs - held.unviewedSinceMs > RELEASE_AFTER_MS) {
        held.describedAtMs = 0;
        held.state.release();
      }
      if (held.describedAtMs === 0 && held.state.isEmpty) this.#teams.delete(teamId);
    }
  }
}
