import { hostname } from 'node:os';
import { sql } from 'drizzle-orm';
import { type Db, openDb } from '#db/client.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { probeAgent } from '#lib/agents/probe-agent.ts';
import { type DiscoveredAgent, registerAgents } from '#lib/agents/register-agents.ts';
import { readRunRates } from '#lib/agents/run-rates.ts';
import type { ControlMessage } from '#lib/agents/send-control-requests.ts';
import { archiveSegment, ledgersOf } from '#lib/audit/archive-segments.ts';
import { createHeadLines } from '#lib/audit/head-line.ts';
import { verifyWhenDue } from '#lib/audit/verify-ledgers.ts';
import type { Config } from '#lib/config/config.ts';
import { createTeamRedactors } from '#lib/content/redaction/team-redactor.ts';
import { systemClock } from '#lib/kernel/clock.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { createLifecycle } from '#lib/kernel/lifecycle.ts';
import type { Log } from '#lib/kernel/log.ts';
import { channels, type TeamEvent } from '#lib/model/event.ts';
import { createAckTokens } from '#lib/notifications/ack-token.ts';
import { createDeliverer } from '#lib/notifications/delivery/deliver-due.ts';
import { createOutboundClient } from '#lib/outbound/client.ts';
import { mendDeliveries } from '#lib/pipeline/deliver/mend-deliveries.ts';
import { answerAboutWorkloads } from '#lib/pipeline/operate/answer-about-workloads.ts';
import { wakeLoops } from '#lib/pipeline/raise/announce-alerts.ts';
import { requireMasterKey, resealSecrets } from '#lib/pipeline/secrets/master-key.ts';
import type { ClusterMeter } from '#lib/ports/cluster/port.ts';
import { answerQuestions } from '#lib/ports/event-bus/answer-questions.ts';
import { createSmtpMailer } from '#lib/ports/mailer/smtp.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeClusters } from './clusters.ts';
import { makeEventBus } from './event-bus.ts';
import { makeImages } from './images.ts';
import { makeNotifiers } from './notifiers.ts';
import { wakeOwnLoops } from './own-wakes.ts';
import { makeSettings } from './settings.ts';

const HEALTH_CHANNEL = 'health:worker';
/** Milliseconds an agent has to answer a probe, and a start or stop. */
const PROBE_TIMEOUT_MS = 4000;
const CONTROL_TIMEOUT_MS = 10_000;
/** The same for a host of source code, and the largest answer of one: a comparison of many commits. */
const HOST_TIMEOUT_MS = 20_000;
const HOST_ANSWER_BYTES = 8 * 1024 * 1024;

/** Does something at the first call, and hands that out from then on. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= work();
    return made;
  };
}

/** What takes old rows of the audit log out of the database; null where it is kept for good. */
function ledgerRetention({ audit: { keepDays, archiveDir } }: Config, db: Db) {
  if (keepDays === null) return null;
  const tools = { db, dir: archiveDir, keepDays };
  return {
    ledgers: () => ledgersOf(db),
    archiveSegment: (teamId: string, nowMs: number) => archiveSegment(tools, teamId, nowMs),
  };
}

interface WorkerMeters {
  reportHostLimit(remaining: number): void;
  clusterMeter: ClusterMeter;
}

/** The parts of the worker process, from its configuration. */
export async function composeWorker(
  config: Config,
  log: Log,
  { reportHostLimit, clusterMeter }: WorkerMeters,
) {
  const clock = systemClock;
  const lifecycle = createLifecycle(log);
  const database = openDb(config.database.url, config.database.pool);
  lifecycle.add({ name: 'database', stop: database.close });
  const pool = openTelemetryPool(config.database.url, 4);
  lifecycle.add({ name: 'telemetry database', stop: () => pool.end() });
  const bus = wakeOwnLoops(makeEventBus(config, log));
  lifecycle.add({ name: 'event bus', stop: () => bus.close() });
  const policy = config.app.outbound;
  const probes = createOutboundClient({ policy, timeoutMs: PROBE_TIMEOUT_MS });
  lifecycle.add({ name: 'probes', stop: () => probes.close() });
  const controls = createOutboundClient({ policy, timeoutMs: CONTROL_TIMEOUT_MS });
  lifecycle.add({ name: 'control requests', stop: () => controls.close() });
  const hostClient = createOutboundClient({
    ...{ policy, timeoutMs: HOST_TIMEOUT_MS, maxResponseBytes: HOST_ANSWER_BYTES, keepAlive: true },
  });
  lifecycle.add({ name: 'code hosts', stop: () => hostClient.close() });
  const writer = `${hostname()}:${process.pid}:${randomToken(4)}`;
  const metricStore = createPostgresMetricStore({
    pool,
    clock,
    writer,
    onRollUpError: (error, level, window) =>
      log.error({ err: error, level, window }, 'a window could not be rolled up'),
  });
  const { db } = database;
  const sealer = createSecretBox(config.secrets.key, config.secrets.formerKeys);
  await requireMasterKey(db, sealer);
  const clusters = makeClusters(config, { db, sealer, log, meter: clusterMeter });
  lifecycle.add({ name: 'clusters', stop: () => clusters.close() });
  const workloads = answerAboutWorkloads({ clusters, redactorOf: createTeamRedactors(db), clock });
  const answering = answerQuestions(bus, workloads.answerers, log);
  lifecycle.add({
    name: 'answers about workloads',
    async stop() {
      workloads.close();
      await answering.stop();
    },
  });
  const settings = lifecycle.add(await makeSettings(config, { db, bus, clock, log, sealer }));
  const mailServer = async () => (await settings.current()).mailServer;
  const notifiers = makeNotifiers({ app: config.app, push: config.push, mailServer });
  lifecycle.add({ name: 'notifiers', stop: () => notifiers.close() });
  const mailer = createSmtpMailer(mailServer);
  lifecycle.add({ name: 'mailer', stop: async () => mailer.close() });
  const deliverer = createDeliverer({
    db,
    log,
    sealer,
    notifiers,
    appUrl: config.app.url,
    ackTokens: createAckTokens(config.secrets.key),
    onFailed: mendDeliveries,
    wake: (queue) => wakeLoops(bus, queue),
  });
  lifecycle.add({ name: 'deliveries under way', stop: () => deliverer.idle() });
  const tell = (teamId: string, event: TeamEvent): void => {
    bus
      .publish(channels.events(teamId), JSON.stringify(event))
      .catch((error: unknown) =>
        log.warn({ err: error, teamId, type: event.type }, 'an event could not be announced'),
      );
  };
  const announce = (teamId: string, agentId: string): void =>
    tell(teamId, { type: 'agent.changed', agentId });
  return {
    clock,
    lifecycle,
    worker: writer,
    db,
    sql: database.sql,
    bus,
    tell,
    pool,
    metricStore,
    owners: {
      pool,
      metricStore,
      clock,
      register: async (teamId: string, heard: readonly DiscoveredAgent[]) => {
        const { ids, created } = await registerAgents(pool, teamId, heard, config.agents.perTeam);
        for (const agentId of created) announce(teamId, agentId);
        return ids;
      },
      announce,
    },
    health: {
      db,
      probe: (target: string, stop: AbortSignal) =>
        probeAgent((url, signal) => probes.send({ url, signal }), target, stop),
      runRates: (agentIds: readonly string[], nowMs: number) => readRunRates(db, agentIds, nowMs),
      onChanged: announce,
      defaults: config.agents,
    },
    control: {
      db,
      sealer,
      post: async (url: string, message: ControlMessage) =>
        (await controls.send({ url, method: 'POST', ...message })).status,
      onChanged: announce,
    },
    clusters,
    watching: {
      isOn: async () => (await settings.current()).features.deployment_automation,
      agentLimits: { perTeam: config.agents.perTeam },
    },
    images: makeImages(config, { db, sealer }),
    features: async () => (await settings.current()).features,
    codeHost: {
      appUrl: config.app.url,
      // Its client is loaded when there is something to ask: most installations never do.
      host: once(async () => {
        const { createGitHub } = await import('#lib/ports/code-host/github/github.ts');
        return createGitHub({ send: hostClient.send, now: clock.now, onRemaining: reportHostLimit });
      }),
    },
    deliverer,
    sealer,
    outbound: policy,
    mailer,
    appUrl: config.app.url,
    sendsMail: async () => (await mailServer()) !== null,
    headLine: createHeadLines(config.secrets.key).write,
    reseal: () => resealSecrets(db, sealer),
    ledgerRetention: ledgerRetention(config, db),
    verifyLedgers: (nowMs: number, signal: AbortSignal) => verifyWhenDue(db, nowMs, signal),
    checks: {
      database: () => db.execute(sql`select 1`),
      bus: () => bus.publish(HEALTH_CHANNEL, '{}'),
    },
  };
}
