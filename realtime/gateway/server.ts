import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Permission } from '#lib/access/permissions.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import { type SubscribeAnswer, viewKey } from '#lib/model/live.ts';
import { subscribeSchema, unsubscribeSchema } from '#lib/model/live-schema.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { SessionClaim } from '#lib/pipeline/live/live-queries.ts';
import type { LiveTokenClaims } from '#lib/pipeline/live/live-token.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import type { RealtimeMetrics } from '../metrics.ts';
import type { Teams } from '../state/teams.ts';
import { Admission, type AdmissionOptions } from './admission.ts';
import { Connections } from './connections.ts';
import { FanOut } from './fan-out.ts';
import { FastLaneAdapter } from './fast-lane.ts';
import { handshake } from './handshake.ts';
import { Meter } from './meter.ts';
import { Presence } from './presence.ts';
import { Revocation } from './revocation.ts';
import { cutOff, type LiveServer, type LiveSocket, sayBye, VIEWING } from './socket.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
/** A socket above this many unsent bytes misses deltas and gets a snapshot later (performance 4). */
const SLOW_BYTES = 64 * 1024;

export interface GatewayOptions extends Omit<AdmissionOptions, 'onRefused'> {
  http: HttpServer;
  bus: Pick<EventBus, 'subscribe' | 'publish' | 'onGap'>;
  clock: Clock;
  log: Log;
  teams: Teams;
  metrics: RealtimeMetrics;
  heartbeatMs: number;
  connectionsPerUser: number;
  verifyToken(token: unknown): LiveTokenClaims | null;
  claimToken(claims: LiveTokenClaims): Promise<boolean>;
  livePermissions(claims: readonly SessionClaim[]): Promise<Map<string, ReadonlySet<Permission>>>;
}

/** The Socket.IO service on an HTTP server of its own. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #admission: Admission;
  readonly #connections: Connections;
  readonly #presence: Presence;
  readonly #revocation: Revocation;
  readonly #fanOut: FanOut;
  readonly #io: LiveServer;

  constructor(options: GatewayOptions) {
    const { metrics, teams, clock, bus, log } = options;
    this.#options = options;
    this.#admission = new Admission({ ...options, onRefused: (why) => metrics.refused.inc({ reason: why }) });
    const writer = uuidv7();
    this.#presence = new Presence({ bus, clock, log, writer, connections: () => this.#connections });
    this.#connections = new Connections(options.connectionsPerUser, writer, (userId) =>
      this.#presence.changed(userId),
    );
    this.#revocation = new Revocation({
      bus,
      log,
      connections: this.#connections,
      onChanged: (socket) => this.#follow(socket),
      livePermissions: options.livePermissions,
    });
    this.#fanOut = new FanOut({
      teams,
      clock,
      onDelta: () => metrics.deltas.inc(),
      onSlow: (what) => metrics.slow.inc({ what }),
      onSnapshot: (why) => metrics.snapshots.inc({ why }),
    });
    this.#io = this.#makeServer();
    metrics.watch({
      sockets: () => this.#io.of('/').sockets.size,
      rooms: () => this.#io.of('/').adapter.rooms.size,
      behind: () => this.#fanOut.behind,
      waiting: () => this.#admission.waiting,
      ...{ teams: () => teams.size.teams, agents: () => teams.size.agents },
    });
  }

  async start(): Promise<void> {
    await this.#revocation.start();
    await this.#presence.start();
    this.#fanOut.start(this.#io);
  }

  /** Tells every browser that it should come back, then ends. */
  async stop(): Promise<void> {
    this.#fanOut.stop();
    this.#admission.close();
    for (const socket of this.#connections.all()) sayBye(socket, 'restarting');
    await this.#revocation.stop();
    await this.#presence.stop();
    await this.#io.close();
  }

  #makeServer(): LiveServer {
    const { http, heartbeatMs, metrics, verifyToken, claimToken } = this.#options;
    const io: LiveServer = new Server(http, {
      transports: ['websocket'],
      allowUpgrades: false,
      allowEIO3: false,
      serveClient: false,
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      pingInterval: heartbeatMs,
      pingTimeout: 20_000,
      connectTimeout: 10_000,
      destroyUpgrade: true,
      destroyUpgradeTimeout: 1000,
      allowRequest: (request, callback) =>
        this.#admission.decide(request, (refusal) => callback(refusal, refusal === null)),
      adapter: FastLaneAdapter,
    });
    const lane = io.of('/').adapter as FastLaneAdapter;
    lane.maxBufferedBytes = SLOW_BYTES;
    lane.onSkip = (socketId, rooms) => this.#fanOut.skipped(socketId, rooms);
    lane.onSent = (path, sockets, bytes) => {
      metrics.frames.inc({ path }, sockets);
      metrics.bytes.inc(sockets * bytes);
    };
    io.engine.on('connection', (conn: EngineConnection) => this.#guard(conn));
    io.use(
      handshake({
        verify: verifyToken,
        claim: claimToken,
        onRefused: (code) => metrics.refused.inc({ reason: code }),
      }),
    );
    io.on('connection', (socket) => this.#connected(socket));
    return io;
  }

  /** Watches raw packets: a browser of ours sends few, and never binary ones (security K6, K7). */
  #guard(conn: EngineConnection): void {
    const meter = new Meter(20, 60);
    const release = this.#admission.count(this.#admission.addressOf(conn.request));
    conn.on('close', release);
    conn.on('packet', ({ type, data }) => {
      const isBinary = type === 'message' && (typeof data !== 'string' || /^[56]/.test(data));
      if (!isBinary && meter.take()) return;
      this.#options.metrics.refused.inc({ reason: isBinary ? 'binary' : 'rate_limited' });
      conn.close(true);
    });
    conn.on('error', () => conn.close(true));
  }

  #connected(socket: LiveSocket): void {
    this.#connections.add(socket, this.#options.clock.now());
    const subscribes = new Meter(5, 30);
    socket.on('disconnect', () => {
      this.#connections.remove(socket);
      this.#fanOut.forget(socket.id);
    });
    socket.on('error', () => cutOff(socket));
    socket.on('subscribe', (request, answer) => {
      const reply = typeof answer === 'function' ? answer : () => {};
      if (!subscribes.take()) {
        reply({ ok: false, code: 'rate_limited', message: 'Too many subscriptions at once.' });
        return;
      }
      this.#subscribe(socket, request).then(reply, (error: unknown) => {
        this.#options.log.warn({ err: error }, 'a subscription failed');
        reply({ ok: false, code: 'unavailable', message: 'The data cannot be read at the moment.' });
      });
    });
    socket.on('unsubscribe', (request) => {
      const parsed = unsubscribeSchema.safeParse(request);
      if (parsed.success) this.#fanOut.leave(socket, viewKey(parsed.data));
    });
  }

  #follow(socket: LiveSocket): void {
    this.#fanOut.follow(socket).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'a socket could not be moved to what it may see now');
      cutOff(socket);
    });
  }

  /** Parses and authorises one subscription; the team is the socket's, never the request's (security K4). */
  async #subscribe(socket: LiveSocket, raw: unknown): Promise<SubscribeAnswer> {
    const request = subscribeSchema.safeParse(raw);
    if (!request.success) return { ok: false, code: 'invalid', message: 'This view is not known.' };
    const { permissions } = socket.data;
    if (!VIEWING.every((each) => permissions.has(each))) {
      return { ok: false, code: 'forbidden', message: 'You may not see the agents of this team.' };
    }
    return this.#fanOut.join(socket, request.data);
  }
}

/** What engine.io's connection is used for here. */
interface EngineConnection {
  request: Parameters<Admission['addressOf']>[0];
  on(event: 'close' | 'error', handler: () => void): void;
  on(event: 'packet', handler: (packet: { type: string; data?: unknown }) => void): void;
  close(discard: boolean): void;
}
