import {
  eventSubject,
  GUARDED_SUBJECTS,
  type GuardedSubject,
  type LiveTick,
  type TeamEvent,
} from '#lib/model/event.ts';
import type { EventsSnapshot, Tail } from '#lib/model/live.ts';
import type { LiveAgent } from '#lib/pipeline/live/live-queries.ts';
import { Activity, type Counts } from './activity.ts';
import { AgentState, AgentView } from './agent.ts';
import { FleetView } from './fleet.ts';
import { Room } from './room.ts';

/** An agent that was quiet this long, and is not described for a viewer, is forgotten. */
const IDLE_MS = 16 * 60_000;
/** Writers of a team that are remembered for their numbering. */
const MAX_WRITERS = 1000;

/**
 * Who may see alerts, deployments and clusters hears all events, others those that are for them: a room for each
 * choice of what is left out. Each is the view `events` to a browser.
 */
export type EventRoom = `events${string}`;

function roomWithout(unheard: readonly GuardedSubject[]): EventRoom {
  return `events${unheard.map((subject) => `-without-${subject}`).join('')}`;
}

const UNHEARD: ReadonlyMap<EventRoom, readonly GuardedSubject[]> = new Map(
  GUARDED_SUBJECTS.reduce<GuardedSubject[][]>(
    (choices, subject) => choices.flatMap((choice) => [choice, [...choice, subject]]),
    [[]],
  ).map((unheard) => [roomWithout(unheard), unheard]),
);
export const EVENT_ROOMS = [...UNHEARD.keys()];

/** The room of events for whoever may see these. */
export function eventRoomFor(may: Readonly<Record<GuardedSubject, boolean>>): EventRoom {
  return roomWithout(GUARDED_SUBJECTS.filter((subject) => !may[subject]));
}

/** Everything live of one team. */
export class TeamState {
  readonly id: string;
  readonly total = new Activity();
  readonly fleet: FleetView;
  readonly #agents = new Map<string, AgentState>();
  readonly #views = new Map<string, AgentView>();
  readonly #events: ReadonlyMap<EventRoom, Room>;
  readonly #nextEpoch: () => string;
  #writers = new Map<string, number>();
  /** Agents that ticks spoke of before the database was asked about them. */
  readonly undescribed = new Set<string>();

  constructor(id: string, nextEpoch: () => string, nowMs: number) {
    this.id = id;
    this.#nextEpoch = nextEpoch;
    this.fleet = new FleetView(this.total, new Room('fleet', nextEpoch), nowMs);
    this.#events = new Map(EVENT_ROOMS.map((room) => [room, new Room('events', nextEpoch)]));
  }

  get agentCount(): number {
    return this.#agents.size;
  }

  get viewedAgents(): Iterable<[string, AgentView]> {
    return this.#views;
  }

  eventsRoom(of: EventRoom): Room {
    const room = this.#events.get(of);
    if (!room) throw new Error(`There is no room ${of}.`);
    return room;
  }

  get isEmpty(): boolean {
    return this.#agents.size === 0 && this.total.isEmpty;
  }

  /** Counts a tick. Returns `lost` when one before it is missing, `resync` when it asks for a reload. */
  apply(tick: LiveTick, nowMs: number): 'ok' | 'lost' | 'resync' | 'repeated' {
    const before = this.#writers.get(tick.writer);
    if (before !== undefined && tick.seq <= before) return 'repeated';
    if (before === undefined && this.#writers.size >= MAX_WRITERS) this.#writers.clear();
    this.#writers.set(tick.writer, tick.seq);
    tick.agentIds.forEach((agentId, row) => {
      this.#count(agentId, tick, row, nowMs);
    });
    for (const [row, index, value] of tick.metrics) {
      const [agentId, name] = [tick.agentIds[row], tick.metricNames[index]];
      if (agentId !== undefined && name !== undefined) this.#agents.get(agentId)?.setMetric(name, value);
    }
    if (tick.resync) return 'resync';
    return before !== undefined && tick.seq !== before + 1 ? 'lost' : 'ok';
  }

  /** Takes descriptions from the database; `whole` says that agents it does not name are gone. */
  describe(agents: readonly LiveAgent[], whole: boolean): void {
    const named = new Set<string>();
    for (const description of agents) {
      named.add(description.id);
      const agent = this.#agent(description.id);
      agent.description = description;
      agent.lastSeenMs = Math.max(agent.lastSeenMs, description.lastTelemetryAt?.getTime() ?? 0);
      this.undescribed.delete(description.id);
      this.fleet.touch(agent);
    }
    if (!whole) return;
    for (const agent of this.#agents.values()) {
      if (agent.description !== null && !named.has(agent.id)) this.#remove(agent);
    }
  }

  /** The agents that were asked about and that the database does not know (any more). */
  forget(agentIds: Iterable<string>): void {
    for (const id of agentIds) {
      this.undescribed.delete(id);
      const agent = this.#agents.get(id);
      if (agent) this.#remove(agent);
    }
  }

  /** Nobody looks any more: the rows of the fleet are let go. */
  release(): void {
    this.fleet.restart([]);
    this.#views.clear();
    for (const agent of this.#agents.values()) agent.row = -1;
  }

  /** Void everything that browsers hold: they get fresh snapshots. */
  restart(): void {
    this.fleet.restart(this.#agents.values());
    for (const view of this.#views.values()) view.room.restart();
    for (const room of this.#events.values()) room.restart();
  }

  loadTail(tail: Tail): void {
    this.total.load(tail);
    this.fleet.restart(this.#agents.values());
  }

  /** The view of one agent, made when first asked for; null for an agent that the team does not have. */
  agentView(agentId: string): AgentView | null {
    const agent = this.#agents.get(agentId);
    if (!agent?.description) return null;
    let view = this.#views.get(agentId);
    if (!view) {
      view = new AgentView(agent, new Room(`agent:${agentId}`, this.#nextEpoch));
      this.#views.set(agentId, view);
    }
    return view;
  }

  dropView(agentId: string): void {
    this.#views.delete(agentId);
  }

  /** A team event as a room of events sends it; null where it is not for that room. */
  event(of: EventRoom, event: TeamEvent, nowMs: number): string | null {
    const subject = eventSubject(event);
    if (UNHEARD.get(of)?.some((unheard) => unheard === subject)) return null;
    return this.eventsRoom(of).next(nowMs, { event });
  }

  eventsSnapshot(of: EventRoom, nowMs: number): string {
    const snapshot: EventsSnapshot = { ...this.eventsRoom(of).head(nowMs), k: 'events' };
    return JSON.stringify(snapshot);
  }

  /**
   * Forgets what is too old; called about once a second, viewers or not. Closing windows is left to the rooms:
   * one that is looked at again goes on with those that it has not told of.
   */
  sweep(nowMs: number, viewed: boolean): void {
    this.total.forget(nowMs);
    for (const agent of this.#agents.values()) {
      agent.activity.forget(nowMs);
      const idle = nowMs - Math.max(agent.activity.lastMs, agent.lastSeenMs) > IDLE_MS;
      // While it has a row it stays, or the fleet would show it twice once it is described again.
      if (idle && !viewed && agent.row < 0 && !this.#views.has(agent.id)) this.#letGo(agent);
    }
  }

  #count(agentId: string, tick: LiveTick, row: number, nowMs: number): void {
    const agent = this.#agent(agentId);
    if (agent.description === null) this.undescribed.add(agentId);
    const counts: Counts = {
      requests: tick.requests[row] ?? 0,
      errors: tick.errors[row] ?? 0,
      inputTokens: tick.inputTokens[row] ?? 0,
      outputTokens: tick.outputTokens[row] ?? 0,
      costMicros: tick.costMicros[row] ?? 0,
      modelCalls: tick.modelCalls[row] ?? 0,
      toolCalls: tick.toolCalls[row] ?? 0,
      unpricedCalls: tick.unpricedCalls[row] ?? 0,
    };
    const durations = tick.durations[row] ?? [];
    agent.lastSeenMs = Math.max(agent.lastSeenMs, tick.lastSeenMs[row] ?? 0);
    if (durations.length > 0 || Object.values(counts).some((value) => value !== 0)) {
      agent.activity.add(nowMs, counts, durations);
      this.total.add(nowMs, counts, durations);
    }
    this.fleet.touch(agent);
  }

  #agent(id: string): AgentState {
    let agent = this.#agents.get(id);
    if (!agent) {
      agent = new AgentState(id);
      this.#agents.set(id, agent);
    }
    return agent;
  }

  #remove(agent: AgentState): void {
    agent.description = null;
    if (agent.row < 0) this.#letGo(agent);
    else {
      this.fleet.touch(agent);
      this.#agents.delete(agent.id);
    }
  }

  #letGo(agent: AgentState): void {
    this.#agents.delete(agent.id);
    this.undescribed.delete(agent.id);
    this.fleet.forget(agent);
  }
}
