import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson, writePrivate } from '../engines/files.mjs';
import { startPostgres } from '../engines/postgres.mjs';
import { findRedis, startRedis } from '../engines/redis.mjs';
import { backOff } from './back-off.mjs';
import { say, step } from './progress.mjs';

/**
 * Starts an engine again when it ends by itself, on the same port and with the same passwords, so
 * that the processes only have to reconnect.
 */
function watch(name, engine, startAgain) {
  let current = engine;
  let restart;
  let failures = 0;
  let startedAt = Date.now();
  const stopping = new AbortController();

  async function comeBack() {
    while (!stopping.signal.aborted) {
      const next = backOff(failures, Date.now() - startedAt);
      failures = next.failures;
      await sleep(next.waitMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        startedAt = Date.now();
        current = await startAgain(current);
        current.process.once('exit', ended);
        return;
      } catch (error) {
        say(`${name} did not start: ${error.message}`);
      }
    }
  }

  function ended() {
    if (stopping.signal.aborted) return;
    say(`${name} ended by itself: starting it again`);
    restart = comeBack();
  }

  current.process.once('exit', ended);
  return {
    stop: async () => {
      stopping.abort();
      await restart;
      await current.stop();
    },
    kill: () => {
      stopping.abort();
      current.kill();
    },
  };
}

/** The embedded PostgreSQL, on the port it had the last time when that is free. */
async function embeddedPostgres(dataDir) {
  const dir = join(dataDir, 'postgres');
  const portFile = join(dataDir, 'postgres.port.json');
  const options = { dir, port: readJson(portFile)?.port };
  const server = await step('Starting the embedded PostgreSQL', () => startPostgres(options));
  if (server.note) say(server.note);
  writePrivate(portFile, JSON.stringify({ port: server.port }));
  return server;
}

/**
 * Starts what the environment does not name: PostgreSQL without DATABASE_URL, Redis without
 * REDIS_URL where the machine has one.
 *
 * @returns env: variables for the processes; stop(): ends Redis, then PostgreSQL; kill(): lets both go at once;
 *   children: what a later start may have to end
 */
export async function startEngines(dataDir, env) {
  const made = {};
  const watched = [];
  const children = {};
  const stop = async () => {
    for (const engine of watched.toReversed()) await engine.stop();
  };
  try {
    if (!env.DATABASE_URL) {
      const server = await embeddedPostgres(dataDir);
      watched.push(
        watch('PostgreSQL', server, (was) =>
          startPostgres({ dir: join(dataDir, 'postgres'), port: was.port }),
        ),
      );
      Object.assign(made, { DATABASE_URL: server.appUrl, DATABASE_OWNER_URL: server.ownerUrl });
    }
    const program = env.REDIS_URL ? undefined : findRedis();
    if (program) {
      const dir = join(dataDir, 'redis');
      const server = await step('Starting a private Redis', () => startRedis({ dir, program }));
      watched.push(
        watch('Redis', server, (was) => startRedis({ dir, program, port: was.port, password: was.password })),
      );
      children.redis = { pid: server.pid, marker: program };
      made.REDIS_URL = server.url;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    env: made,
    children,
    stop,
    kill: () => {
      for (const engine of watched) engine.kill();
    },
  };
}
