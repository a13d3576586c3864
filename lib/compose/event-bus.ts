import type { Config } from '#lib/config/config.ts';
import type { Log } from '#lib/kernel/log.ts';
import { createEmbeddedBus } from '#lib/ports/event-bus/embedded.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { createRedisBus } from '#lib/ports/event-bus/redis.ts';

/** The event bus of a process: Redis where one is configured, else the embedded bus. */
export function makeEventBus(config: Pick<Config, 'redis' | 'database' | 'secrets'>, log: Log): EventBus {
  return config.redis.url
    ? createRedisBus(config.redis.url, log)
    : createEmbeddedBus({ databaseUrl: config.database.url, secret: config.secrets.key, log });
}
