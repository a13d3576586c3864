import type { Clock } from '#lib/kernel/clock.ts';
import { LIVE_EVENTS, type SubscribeAnswer, viewKey } from '#lib/model/live.ts';
import type { SubscribeRequest } from '#lib/model/live-schema.ts';
import { KEEP_ALIVE_MS } from '../state/agent.ts';
import type { Room } from '../state/room.ts';
import { EVENT_ROOMS, type EventRoom, eventRoomFor, type TeamState } from '../state/team.ts';
import type { Teams } from '../state/teams.ts';
import { bufferedBytes } from './fast-lane.ts';
import { cutOff, type LiveServer, type LiveSocket } from './socket.ts';

/** A slow socket is caught up once it has less than this unsent. */
const DRAINED_BYTES = 16 * 1024;
/** A socket with more than this unsent, or behind for longer, is cut off. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const MAX_BEHIND_MS = 30_000;

/** Time between two deltas by the number of viewers (performance 4). */
export function tickMs(viewers: number): number {
  if (viewers <= 200) return 100;
  return viewers <= 1000 ? 250 : 1000;
}

/** News that come when this share of the tick time is over are not kept waiting: the two ticks then keep step. */
const EARLY_SHARE = 0.75;
/** Without news rooms are still told what time alone changes: windows that close, rates that fall. */
const QUIET_TICK_MS = 1000;

/** One view that somebody looks at. */
interface Watched {
  team: TeamState;
  view: { room: Room; snapshot(nowMs: number): string; delta(nowMs: number): string | null };
}

interface Behind {
  sinceMs: number;
  rooms: Set<string>;
}

export interface FanOutOptions {
  teams: Teams;
  clock: Clock;
  onDelta(bytes: number): void;
  onSlow(what: 'skipped' | 'caught_up' | 'cut_off'): void;
  onSnapshot(why: 'joined' | 'resumed' | 'restart' | 'slow'): void;
}

/** Says to each room what changed, at most once a tick; keeps an eye on those who cannot follow. */
export class FanOut {
  readonly #options: FanOutOptions;
  #io: LiveServer | undefined;
  readonly #watched = new Map<string, Watched>();
  readonly #behind = new Map<string, Behind>();
  /** Sockets that are about to join a view, by team. */
  readonly #joining = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = 0;
  #tickedAt = 0;
  #stopped = false;

  constructor(options: FanOutOptions) {
    this.#options = options;
    options.teams.onEvent((team, event) => {
      for (const room of EVENT_ROOMS) {
        const text = team.event(room, event, options.clock.now());
        if (text !== null) this.#say(roomName(team.id, room), text);
      }
    });
    options.teams.onNews(() => this.#news());
    options.teams.onRestart((team) => this.#restart(team));
  }

  get behind(): number {
    return this.#behind.size;
  }

  start(io: LiveServer): void {
    this.#io = io;
    io.of('/').adapter.on('delete-room', (room: string) => this.#abandon(room));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** A broadcast left this socket out. */
  skipped(socketId: string, rooms: ReadonlySet<string>): void {
    let behind = this.#behind.get(socketId);
    if (!behind) {
      behind = { sinceMs: this.#options.clock.now(), rooms: new Set() };
      this.#behind.set(socketId, behind);
      this.#options.onSlow('skipped');
    }
    for (const room of rooms) behind.rooms.add(room);
    this.#tickAt(this.#tickedAt + this.#paceMs());
  }

  /** Puts a socket into the room of a view of its team and answers where that view stands. */
  async join(socket: LiveSocket, request: SubscribeRequest): Promise<SubscribeAnswer> {
    const { teamId } = socket.data;
    this.#joining.set(teamId, (this.#joining.get(teamId) ?? 0) + 1);
    try {
      return this.#enter(await this.#options.teams.view(teamId), socket, request);
    } finally {
      const left = (this.#joining.get(teamId) ?? 1) - 1;
      if (left > 0) this.#joining.set(teamId, left);
      else this.#joining.delete(teamId);
      // Who did not get in must not leave the team marked as looked at.
      this.#leaveTeam(teamId);
    }
  }

  #enter(team: TeamState, socket: LiveSocket, request: SubscribeRequest): SubscribeAnswer {
    const nowMs = this.#options.clock.now();
    const name = roomOf(socket, viewKey(request));
    const watched = this.#watched.get(name) ?? this.#watch(team, socket, request);
    if (!watched) return { ok: false, code: 'not_found', message: 'There is no such agent.' };
    if (!socket.connected) return { ok: false, code: 'unavailable', message: 'The connection ended.' };
    // An unwatched room has stood still: its state is brought up to now before it is shown.
    if (!this.#watched.has(name)) watched.view.delta(nowMs);
    this.#watched.set(name, watched);
    this.#tickAt(this.#tickedAt + QUIET_TICK_MS);
    void socket.join(name);
    this.#behind.get(socket.id)?.rooms.delete(name);
    const deltas = request.since ? watched.view.room.since(request.since) : null;
    this.#options.onSnapshot(deltas ? 'resumed' : 'joined');
    return deltas ? { ok: true, deltas } : { ok: true, snapshot: watched.view.snapshot(nowMs) };
  }

  /** What a person may see has changed: the socket hears the events that it may hear now, and no others. */
  async follow(socket: LiveSocket): Promise<void> {
    const mayHear = eventRoomOf(socket);
    const wrong = EVENT_ROOMS.map((room) => roomName(socket.data.teamId, room)).filter(
      (name) => name !== roomName(socket.data.teamId, mayHear) && socket.rooms.has(name),
    );
    if (wrong.length === 0) return;
    const joined = this.join(socket, { view: 'events' });
    for (const name of wrong) this.#leaveRoom(socket, name);
    const answer = await joined;
    if (answer.ok && 'snapshot' in answer) socket.emit(LIVE_EVENTS.snapshot, answer.snapshot);
  }

  leave(socket: LiveSocket, key: string): void {
    this.#leaveRoom(socket, roomOf(socket, key));
  }

  #leaveRoom(socket: LiveSocket, name: string): void {
    this.#behind.get(socket.id)?.rooms.delete(name);
    void socket.leave(name);
  }

  /** A socket ended. */
  forget(socketId: string): void {
    this.#behind.delete(socketId);
  }

  #watch(team: TeamState, socket: LiveSocket, request: SubscribeRequest): Watched | null {
    if (request.view === 'fleet') return { team, view: team.fleet };
    if (request.view === 'agent') {
      const view = team.agentView(request.agentId);
      return view && { team, view };
    }
    const of = eventRoomOf(socket);
    const snapshot = (nowMs: number) => team.eventsSnapshot(of, nowMs);
    const room = team.eventsRoom(of);
    // Events are said when they happen; in between the room only says that it is alive.
    const delta = (nowMs: number) => (nowMs - room.lastAtMs < KEEP_ALIVE_MS ? null : room.next(nowMs, {}));
    return { team, view: { room, snapshot, delta } };
  }

  #abandon(room: string): void {
    const watched = this.#watched.get(room);
    if (!watched) return;
    this.#watched.delete(room);
    const { key } = watched.view.room;
    if (key.startsWith('agent:')) watched.team.dropView(key.slice('agent:'.length));
    this.#leaveTeam(watched.team.id);
  }

  #leaveTeam(teamId: string): void {
    if (this.#joining.has(teamId)) return;
    for (const { team } of this.#watched.values()) if (team.id === teamId) return;
    this.#options.teams.leave(teamId);
  }

  #paceMs(): number {
    return tickMs(this.#io?.of('/').sockets.size ?? 0);
  }

  /** Something changed: the rooms hear of it at once, or when the tick time is over. */
  #news(): void {
    if (this.#watched.size === 0) return;
    const pace = this.#paceMs();
    const early = performance.now() - this.#tickedAt >= pace * EARLY_SHARE;
    this.#tickAt(early ? performance.now() : this.#tickedAt + pace);
  }

  /** Ticks at this time, or before when that was planned. */
  #tickAt(at: number): void {
    if (this.#stopped || (this.#timer !== undefined && this.#dueAt <= at)) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, at - performance.now()));
  }

  #tick(): void {
    this.#timer = undefined;
    this.#tickedAt = performance.now();
    const nowMs = this.#options.clock.now();
    for (const [name, { view }] of this.#watched) {
      const delta = view.delta(nowMs);
      if (delta !== null) this.#say(name, delta);
    }
    for (const [socketId, behind] of this.#behind) this.#catchUp(socketId, behind, nowMs);
    if (this.#behind.size > 0) this.#tickAt(this.#tickedAt + this.#paceMs());
    else if (this.#watched.size > 0) this.#tickAt(this.#tickedAt + QUIET_TICK_MS);
  }

  #say(room: string, delta: string): void {
    if (!this.#watched.has(room)) return;
    this.#options.onDelta(delta.length);
    this.#io?.to(room).emit(LIVE_EVENTS.delta, delta);
  }

  #catchUp(socketId: string, behind: Behind, nowMs: number): void {
    const socket = this.#io?.of('/').sockets.get(socketId) as LiveSocket | undefined;
    if (!socket) {
      this.#behind.delete(socketId);
      return;
    }
    const buffered = bufferedBytes(socket as unknown as Parameters<typeof bufferedBytes>[0]);
    if (buffered > MAX_BUFFERED_BYTES || nowMs - behind.sinceMs > MAX_BEHIND_MS) {
      this.#behind.delete(socketId);
      this.#options.onSlow('cut_off');
      socket.emit('bye', { reason: 'slow', message: 'This connection was too slow to keep up.' });
      cutOff(socket);
    } else if (buffered < DRAINED_BYTES) {
      this.#behind.delete(socketId);
      this.#options.onSlow('caught_up');
      for (const room of behind.rooms) this.#resnap(socket, room, nowMs);
    }
  }

  #resnap(socket: LiveSocket, room: string, nowMs: number): void {
    const watched = this.#watched.get(room);
    if (!watched) return;
    this.#options.onSnapshot('slow');
    socket.emit(LIVE_EVENTS.snapshot, watched.view.snapshot(nowMs));
  }

  /** Every room of a team gets a fresh snapshot, built once and sent as one frame. */
  #restart(team: TeamState): void {
    const nowMs = this.#options.clock.now();
    for (const [name, watched] of this.#watched) {
      if (watched.team !== team) continue;
      this.#options.onSnapshot('restart');
      watched.view.delta(nowMs);
      this.#io?.to(name).emit(LIVE_EVENTS.snapshot, watched.view.snapshot(nowMs));
    }
  }
}

/** Events of alerts are for those who may see alerts, and so with deployments and clusters. */
function eventRoomOf({ data: { permissions } }: LiveSocket): EventRoom {
  return eventRoomFor({
    alerts: permissions.has('alerts:read'),
    deployments: permissions.has('deployments:read'),
    clusters: permissions.has('clusters:read'),
  });
}

/** The room of a view for what this socket may see. */
function roomOf(socket: LiveSocket, key: string): string {
  return roomName(socket.data.teamId, key === 'events' ? eventRoomOf(socket) : key);
}

/** Rooms carry the team, so the same view of two teams is two rooms (security K4). */
function roomName(teamId: string, key: string): string {
  return `${teamId}/${key}`;
}
