import { Redis } from 'ioredis';
import { openDb } from '#db/client.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { createKeyAuthenticator, type KeyAuthenticator } from '#lib/api-keys/authenticate-key.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { type Config, getConfig } from '#lib/config/config.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { createLog, type Log } from '#lib/kernel/log.ts';
import { createRateLimiter, type RateLimiter } from '#lib/limits/rate-limiter.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeEventBus } from './event-bus.ts';

const BUDGETS = [
  'api',
  'apiHour',
  'signIn',
  'pageData',
  'acknowledge',
  'liveToken',
  'alerts',
  'health',
] as const;
export type BudgetName = (typeof BUDGETS)[number];

/** What the web process lends to its doors. */
export interface WebContext extends CommandContext {
  config: Config;
  keys: KeyAuthenticator;
  budgets: Record<BudgetName, RateLimiter>;
}

function makeBudgets({ redis, limits }: Config, log: Log): Record<BudgetName, RateLimiter> {
  const client = redis.url
    ? new Redis(redis.url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 1000 })
    : null;
  client?.on('error', (error) => log.warn({ err: error }, 'the store of the rate limits is away'));
  const perMinute = (name: BudgetName, points: number) =>
    createRateLimiter(client, { name, points, seconds: 60 });
  return {
    api: perMinute('api', limits.apiPerMinute),
    apiHour: createRateLimiter(client, { name: 'apiHour', points: limits.apiPerHour, seconds: 3600 }),
    signIn: perMinute('signIn', limits.signInPerMinute),
    pageData: perMinute('pageData', limits.pageDataPerMinute),
    acknowledge: perMinute('acknowledge', limits.acknowledgePerMinute),
    liveToken: perMinute('liveToken', limits.liveTokenPerMinute),
    alerts: perMinute('alerts', limits.alertsPerMinute),
    health: perMinute('health', limits.healthPerMinute),
  };
}

async function makeWebContext(config: Config): Promise<WebContext> {
  const log = createLog('web', config.app.logLevel);
  const { db } = openDb(config.database.url, config.database.pool);
  const bus = makeEventBus(config, log);
  const clock = systemClock;
  const pool = openTelemetryPool(config.database.url, 4);
  const keys = await createKeyAuthenticator({ db, clock, bus, log });
  const deps = {
    sealer: createSecretBox(config.secrets.key),
    sessions: config.sessions,
    agentLimits: { perUser: config.agents.perUser, perTeam: config.agents.perTeam },
    outboundAllow: config.app.outboundAllow,
    appUrl: config.app.url,
    ...(config.push && { pushPublicKey: config.push.publicKey }),
    metrics: createPostgresMetricStore({ pool, clock, writer: 'web' }),
  };
  return { config, db, bus, clock, log, keys, deps, budgets: makeBudgets(config, log) };
}

/** Next loads modules once per bundle, so the context of the process hangs on the process. */
const process = globalThis as typeof globalThis & { pitwallWeb?: Promise<WebContext> };

/** The web context, made at the first call; a failed attempt is not kept. */
export function webContext(): Promise<WebContext> {
  process.pitwallWeb ??= makeWebContext(getConfig()).catch((error: unknown) => {
    process.pitwallWeb = undefined;
    throw error;
  });
  return process.pitwallWeb;
}
