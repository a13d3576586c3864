import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { privateDirectory } from '../engines/files.mjs';
import { hydrateBinaries } from '../engines/postgres-binaries.mjs';
import { migrate } from '../migrate.mjs';
import { buildWhenStale } from './build.mjs';
import { startEngines } from './engines.mjs';
import { whenParentEnds } from './parent.mjs';
import { portsOf, requireFreePorts } from './ports.mjs';
import { productProcesses } from './processes.mjs';
import { elapsed, say, step } from './progress.mjs';
import { provisionFirst } from './provisioning.mjs';
import { claimDataDirectory, forgetProcesses, recordProcesses } from './run-file.mjs';
import { ROOT } from './runtime.mjs';
import { processEnvironment, readSettings } from './settings.mjs';
import { createSupervisor } from './supervisor.mjs';

/** A terminal and npm both pass on one Ctrl-C: only a later one means "now". */
const SECOND_SIGNAL_MS = 1000;

/**
 * Ends things in the reverse order of their start; a second signal ends them at once. Engines have groups of their
 * own, so whatever ends this process has to end them: a signal, the end of who started it, and the end of who reads
 * its output (`npm start | less`, a closed terminal), which would otherwise break it at its next line.
 */
function createShutdown() {
  const parts = [];
  const aborting = new AbortController();
  let begun;
  let ending;

  async function endAll() {
    for (const part of parts.reverse()) {
      try {
        await part.stop();
      } catch (error) {
        say(`stopping: ${error.message}`);
      }
    }
  }

  function stop() {
    begun ??= Date.now();
    aborting.abort();
    ending ??= endAll();
    return ending;
  }

  async function end() {
    if (begun === undefined) say('Stopping');
    await stop();
    say('Stopped');
    process.exit(process.exitCode ?? 0);
  }

  function onSignal() {
    if (begun !== undefined && Date.now() - begun > SECOND_SIGNAL_MS) {
      process.exitCode = 130;
      for (const part of parts) part.kill?.();
    }
    return end();
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', end);
  whenParentEnds(end);
  return { add: (part) => parts.push(part), stop, signal: aborting.signal };
}

async function prepareDatabase(env) {
  await step('Migrating the database', () =>
    migrate({ ownerUrl: env.DATABASE_OWNER_URL ?? env.DATABASE_URL, appUrl: env.DATABASE_URL }),
  );
  if (!env.DATABASE_OWNER_URL || env.DATABASE_OWNER_URL === env.DATABASE_URL) {
    say('One database role for everything: the audit log is protected by triggers only.');
  }
}

function supervise(config, env, engines, marker) {
  const pids = { ...engines.children };
  const supervisor = createSupervisor(productProcesses(ROOT, config, env), {
    line: (name, line) => say(`${name}: ${line.slice(0, 500)}`),
    ended: (name, how, waitMs) => say(`${name} ended (${how}): starting it again in ${waitMs} ms`),
    started: (name, pid) => {
      pids[name] = { pid, marker };
      recordProcesses(config.app.dataDir, pids);
    },
  });
  supervisor.start();
  return supervisor;
}

function announce(config, env, setupLink) {
  const { realtime, ingest } = config;
  const parts = [
    `console ${config.app.url}`,
    `realtime port ${realtime.port}`,
    `OTLP/HTTP http://localhost:${ingest.httpPort}`,
    `OTLP/gRPC localhost:${ingest.grpcPort}`,
    `bus ${env.REDIS_URL ? 'redis' : 'embedded'}`,
    'store postgresql',
  ];
  if (config.influx) say('INFLUXDB_URL is set, but nothing is stored there yet: metrics are in PostgreSQL.');
  const link = setupLink
    ? `\nMake the first admin with this link (once, within 24 hours):\n  ${setupLink}\n`
    : '';
  process.stdout.write(`\nready  ${parts.join('  ')}  (${elapsed()})\n${link}`);
}

/**
 * Starts everything and returns when the product is ready; it then runs until a signal stops it.
 *
 * @throws ConfigError, StartError; what was started by then has been ended
 */
export async function launch() {
  const config = readSettings(ROOT);
  const { dataDir } = config.app;
  privateDirectory(dataDir);
  privateDirectory(join(dataDir, 'logs'));
  await claimDataDirectory(dataDir);
  const shutdown = createShutdown();
  shutdown.add({ stop: async () => forgetProcesses(dataDir) });
  try {
    await requireFreePorts(portsOf(config));
    if (!process.env.DATABASE_URL) hydrateBinaries();
    const starting = startEngines(dataDir, process.env);
    const afterStart = (work) => starting.then(work, () => {});
    shutdown.add({
      stop: () => afterStart((started) => started.stop()),
      kill: () => afterStart((started) => started.kill()),
    });
    const engines = await starting;
    recordProcesses(dataDir, engines.children);
    const marker = randomBytes(12).toString('hex');
    const env = processEnvironment(config, engines.env, marker);
    await Promise.all([prepareDatabase(env), buildWhenStale(ROOT, env, shutdown.signal)]);
    if (shutdown.signal.aborted) return;
    const supervisor = supervise(config, env, engines, marker);
    shutdown.add(supervisor);
    const [setupLink] = await Promise.all([
      provisionFirst(env),
      step('Starting web, realtime, ingest and worker', () => supervisor.ready()),
    ]);
    if (!shutdown.signal.aborted) announce(config, env, setupLink);
  } catch (error) {
    // A signal during the start breaks its steps: that is no failure of theirs.
    if (shutdown.signal.aborted) return;
    process.exitCode = 1;
    await shutdown.stop();
    throw error;
  }
}
