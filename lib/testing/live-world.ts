import { io, type Socket } from 'socket.io-client';
import { type Permission, permissionsOfRole, type Role } from '#lib/access/permissions.ts';
import { composeRealtime } from '#lib/compose/realtime.ts';
import { type Config, makeConfig } from '#lib/config/config.ts';
import { createLog } from '#lib/kernel/log.ts';
import { type ControlEvent, channels, type LiveTick, type TeamEvent } from '#lib/model/event.ts';
import { type Bye, LIVE_EVENTS, type SubscribeAnswer } from '#lib/model/live.ts';
import type { SubscribeRequest } from '#lib/model/live-schema.ts';
import { startRealtime } from '#realtime/service.ts';
import { makeMember, makeSession, makeTeam } from './factories.ts';
import type { World } from './world.ts';

export const ORIGIN = 'http://localhost:3000';

/** Messages of one socket, in the order of their arrival, with a way to wait for some. */
export class Feed {
  readonly messages: { k: string; e: string; s: number; [field: string]: unknown }[] = [];
  readonly byes: Bye[] = [];
  readonly ended = Promise.withResolvers<string>();
  #waiting: (() => void)[] = [];

  take(text: string): void {
    this.messages.push(JSON.parse(text));
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves with the first message that satisfies `wanted`, one that is here already included. */
  async until(wanted: (message: Feed['messages'][number]) => boolean, timeoutMs = 10_000) {
    const late = AbortSignal.timeout(timeoutMs);
    for (let seen = 0; ; ) {
      for (; seen < this.messages.length; seen++) {
        const message = this.messages[seen];
        if (message && wanted(message)) return message;
      }
      const next = Promise.withResolvers<void>();
      this.#waiting.push(next.resolve);
      const onLate = () => next.reject(new Error(`not among ${this.messages.length} messages`));
      late.addEventListener('abort', onLate, { once: true });
      await next.promise;
      late.removeEventListener('abort', onLate);
    }
  }
}

export interface LiveClient {
  socket: Socket;
  feed: Feed;
  subscribe(request: SubscribeRequest): Promise<SubscribeAnswer>;
}

/** A person of a team with a live session. */
export interface Viewer {
  userId: string;
  sessionId: string;
  teamId: string;
  permissions: ReadonlySet<Permission>;
}

/** The realtime service on a world, with a fresh port. `withRedis` chooses its bus and its token claims. */
export async function createLiveWorld(
  world: World,
  withRedis: boolean,
  change: (config: Config) => void = () => {},
) {
  const config = makeConfig({
    DATABASE_URL: world.appUrl,
    SECRET_KEY: 'a secret key for tests that is long enough',
    APP_URL: ORIGIN,
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    ...(withRedis ? { REDIS_URL: world.redisUrl } : {}),
  });
  config.realtime.port = 0;
  change(config);
  const log = createLog('test', 'silent');
  let skewMs = 0;
  const parts = { ...composeRealtime(config, log), clock: { now: () => Date.now() + skewMs } };
  const { port } = await startRealtime(config, parts, log);
  const url = `http://127.0.0.1:${port}`;
  const sockets: Socket[] = [];

  /** Opens a connection with a token of its own unless one is given; does not wait for it. */
  function open(token: unknown, origin: string | null = ORIGIN): LiveClient {
    const socket = io(url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { token },
      ...(origin === null ? {} : { extraHeaders: { origin } }),
    });
    sockets.push(socket);
    const feed = new Feed();
    socket.on(LIVE_EVENTS.delta, (text: string) => feed.take(text));
    socket.on(LIVE_EVENTS.snapshot, (text: string) => feed.take(text));
    socket.on(LIVE_EVENTS.bye, (bye: Bye) => feed.byes.push(bye));
    socket.on('disconnect', (reason) => feed.ended.resolve(reason));
    const subscribe = (request: SubscribeRequest): Promise<SubscribeAnswer> =>
      socket.timeout(10_000).emitWithAck(LIVE_EVENTS.subscribe, request);
    return { socket, feed, subscribe };
  }

  return {
    url,
    port,
    config,
    parts,
    open,
    /** Lets time pass for the service, tokens left out. */
    pass: (ms: number): void => {
      skewMs += ms;
    },
    issue: (viewer: Viewer): string => parts.tokens.issue(viewer),
    async makeViewer(role: Role = 'viewer', team?: string): Promise<Viewer> {
      const teamId = team ?? (await makeTeam(world)).id;
      const user = await makeMember(world, teamId, role);
      const session = await makeSession(world, user.id);
      return {
        userId: user.id,
        sessionId: session.id,
        teamId,
        permissions: new Set(permissionsOfRole({ id: role, permissions: [] })),
      };
    },
    /** Opens a connection and waits until it is let in. */
    async connect(viewer: Viewer, origin?: string): Promise<LiveClient> {
      const client = open(parts.tokens.issue(viewer), origin);
      await connected(client.socket);
      return client;
    },
    tick: (teamId: string, tick: LiveTick) => parts.bus.publish(channels.live(teamId), JSON.stringify(tick)),
    event: (teamId: string, event: TeamEvent) =>
      parts.bus.publish(channels.events(teamId), JSON.stringify(event)),
    control: (event: ControlEvent) => parts.bus.publish(channels.control, JSON.stringify(event)),
    async close(): Promise<void> {
      for (const socket of sockets) socket.disconnect();
      await parts.lifecycle.stop();
    },
  };
}
export type LiveWorld = Awaited<ReturnType<typeof createLiveWorld>>;

/** Resolves when a socket was let in, rejects with why it was not. */
export function connected(socket: Socket): Promise<void> {
  if (socket.connected) return Promise.resolve();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve);
  socket.once('connect_error', reject);
  return promise;
}
