import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { type Db, openDb } from '#db/client.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import type { Config } from '#lib/config/config.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { createLifecycle, type Lifecycle } from '#lib/kernel/lifecycle.ts';
import type { Log } from '#lib/kernel/log.ts';
import { createCircuit } from '#lib/limits/circuit.ts';
import {
  claimLiveToken,
  liveAgents,
  livePermissions,
  type SessionClaim,
} from '#lib/pipeline/live/live-queries.ts';
import { loadLiveTail } from '#lib/pipeline/live/live-tail.ts';
import { createLiveTokens, type LiveTokenClaims } from '#lib/pipeline/live/live-token.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { makeEventBus } from './event-bus.ts';

/** Claims token ids in Redis, and in the database while there is no Redis that answers. */
function makeTokenClaims(db: Db, redisUrl: string | null, lifecycle: Lifecycle, log: Log) {
  const inDatabase = ({ jti, exp }: LiveTokenClaims) => claimLiveToken(db, jti, new Date(exp));
  if (redisUrl === null) return inDatabase;
  const redis = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1000,
  });
  redis.on('error', (error: Error) => log.warn({ err: error }, 'the store of used tokens is away'));
  lifecycle.add({ name: 'token claims', stop: async () => redis.disconnect() });
  const circuit = createCircuit(() => redis.ping());
  return async (claims: LiveTokenClaims): Promise<boolean> => {
    const asked = await circuit(() => redis.set(`live-token:${claims.jti}`, '1', 'EX', 120, 'NX'));
    return asked ? asked.answer === 'OK' : inDatabase(claims);
  };
}

/** The parts of the realtime process, from its configuration. */
export function composeRealtime(config: Config, log: Log) {
  const clock = systemClock;
  const lifecycle = createLifecycle(log);
  const database = openDb(config.database.url, Math.min(4, config.database.pool));
  lifecycle.add({ name: 'database', stop: database.close });
  const pool = openTelemetryPool(config.database.url, 2);
  lifecycle.add({ name: 'telemetry database', stop: () => pool.end() });
  const store = createPostgresMetricStore({ pool, clock, writer: 'realtime' });
  const bus = makeEventBus(config, log);
  lifecycle.add({ name: 'event bus', stop: () => bus.close() });
  const { db } = database;
  return {
    clock,
    lifecycle,
    bus,
    tokens: createLiveTokens(config.secrets.key, clock),
    claimToken: makeTokenClaims(db, config.redis.url, lifecycle, log),
    loadAgents: (teamId: string, ids?: readonly string[]) => liveAgents(db, teamId, ids),
    loadTail: (teamId: string, nowMs: number) => loadLiveTail(store, teamId, nowMs),
    livePermissions: (claims: readonly SessionClaim[]) => livePermissions(db, claims, new Date(clock.now())),
    checkReady: async (): Promise<void> => {
      await db.execute(sql`select 1`);
    },
  };
}
