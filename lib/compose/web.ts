import { Redis } from 'ioredis';
import { type Db, openDb } from '#db/client.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { createKeyAuthenticator, type KeyAuthenticator } from '#lib/api-keys/authenticate-key.ts';
import { createHeadLines } from '#lib/audit/head-line.ts';
import type { CommandContext } from '#lib/command/context.ts';
import { type Config, getConfig } from '#lib/config/config.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { createLog, type Log } from '#lib/kernel/log.ts';
import { createConcurrencyGate } from '#lib/limits/concurrency-gate.ts';
import { createLimitStore, createRateLimiter, type RateLimiter } from '#lib/limits/rate-limiter.ts';
import type { RateLimit } from '#lib/model/installation-settings.ts';
import { requireMasterKey } from '#lib/pipeline/secrets/master-key.ts';
import { createWorkers } from '#lib/ports/event-bus/ask-workers.ts';
import type { Mailer } from '#lib/ports/mailer/port.ts';
import { createSmtpMailer } from '#lib/ports/mailer/smtp.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import type { SettingsReader } from '#lib/settings/settings-reader.ts';
import { makeEventBus } from './event-bus.ts';
import { environmentSettings, makeSettings } from './settings.ts';

/** The limit of the settings that each budget has, and its window in seconds. */
const BUDGETS = {
  api: ['apiPerMinute', 60],
  apiHour: ['apiPerHour', 3600],
  signIn: ['signInPerMinute', 60],
  pageData: ['pageDataPerMinute', 60],
  acknowledge: ['acknowledgePerMinute', 60],
  liveToken: ['liveTokenPerMinute', 60],
  alerts: ['alertsPerMinute', 60],
  provisioning: ['provisioningPerMinute', 60],
  health: ['healthPerMinute', 60],
} as const satisfies Record<string, [RateLimit, number]>;
export type BudgetName = keyof typeof BUDGETS | 'mailTest';

/**
 * What is expensive, of one team at once in this process. As many as the pool has connections: another team's query
 * then waits behind these at most.
 */
const HEAVY_WORK = { atOnce: 4, waiting: 60, patienceMs: 10_000 };

/**
 * Connections beside the pool for what may wait behind nothing: acknowledging, and what it takes to get there
 * (reliability F15).
 */
const RESERVED_CONNECTIONS = 2;

/** Tries of the mail server in a minute, whoever makes them (security O10). */
const MAIL_TESTS_PER_MINUTE = 5;

/** What the web process lends to its doors. */
export interface WebContext extends CommandContext {
  config: Config;
  keys: KeyAuthenticator;
  settings: SettingsReader;
  /** For mails that somebody waits for; the others are queued. */
  mailer: Mailer;
  budgets: Record<BudgetName, RateLimiter>;
  /** The database by connections that nothing else uses up; see `onReserved`. */
  reserved: Db;
}

/** The context of an act that must get through while everything else waits for the database. */
export const onReserved = (context: WebContext): WebContext => ({ ...context, db: context.reserved });

function makeBudgets({ redis }: Config, settings: SettingsReader, log: Log): Record<BudgetName, RateLimiter> {
  const client = redis.url
    ? new Redis(redis.url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 1000 })
    : null;
  client?.on('error', (error) => log.warn({ err: error }, 'the store of the rate limits is away'));
  const store = client && createLimitStore(client);
  const budget = ([name, [limit, seconds]]: [string, readonly [RateLimit, number]]) => {
    const points = async () => (await settings.current()).rateLimits[limit];
    return [name, createRateLimiter(store, { name, points, seconds })] as const;
  };
  const mailTest = { name: 'mailTest', points: () => MAIL_TESTS_PER_MINUTE, seconds: 60 };
  return {
    ...(Object.fromEntries(Object.entries(BUDGETS).map(budget)) as Record<keyof typeof BUDGETS, RateLimiter>),
    mailTest: createRateLimiter(store, mailTest),
  };
}

async function makeWebContext(config: Config): Promise<WebContext> {
  const log = createLog('web', config.app.logLevel);
  const { db } = openDb(config.database.url, config.database.pool);
  const { db: reserved } = openDb(config.database.url, RESERVED_CONNECTIONS);
  const bus = makeEventBus(config, log);
  const clock = systemClock;
  const pool = openTelemetryPool(config.database.url, 4);
  const keys = await createKeyAuthenticator({ db: reserved, clock, bus, log });
  const sealer = createSecretBox(config.secrets.key, config.secrets.formerKeys);
  await requireMasterKey(db, sealer);
  const settings = await makeSettings(config, { db: reserved, bus, clock, log, sealer });
  const mailer = createSmtpMailer(async () => (await settings.current()).mailServer);
  const deps = {
    sealer,
    installation: environmentSettings(config),
    headLine: createHeadLines(config.secrets.key).write,
    sessions: config.sessions,
    agentLimits: { perUser: config.agents.perUser, perTeam: config.agents.perTeam },
    outbound: config.app.outbound,
    appUrl: config.app.url,
    kubernetesMode: config.kubernetes.mode,
    ...(config.oidc && { environmentIssuer: config.oidc.issuer }),
    sendsMail: async () => (await settings.current()).mailServer !== null,
    ...(config.push && { pushPublicKey: config.push.publicKey }),
    workers: createWorkers(bus),
    metrics: createPostgresMetricStore({ pool, clock, writer: 'web' }),
  };
  const budgets = makeBudgets(config, settings, log);
  const heavyWork = createConcurrencyGate(HEAVY_WORK);
  const features = async () => (await settings.current()).features;
  const context = { config, db, bus, clock, log, keys, deps, settings, features, mailer, budgets };
  return { ...context, heavyWork, reserved };
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
