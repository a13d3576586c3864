import { hostname } from 'node:os';
import { sql } from 'drizzle-orm';
import { openDb } from '#db/client.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import type { KeyActor } from '#lib/access/actor.ts';
import { registerAgents } from '#lib/agents/register-agents.ts';
import { touchAgents } from '#lib/agents/touch-agents.ts';
import { createKeyAuthenticator, type KeyHeaders } from '#lib/api-keys/authenticate-key.ts';
import type { Config } from '#lib/config/config.ts';
import { clientAddress } from '#lib/kernel/client-address.ts';
import { type Clock, systemClock } from '#lib/kernel/clock.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { createLifecycle, type Lifecycle } from '#lib/kernel/lifecycle.ts';
import type { Log } from '#lib/kernel/log.ts';
import { createAdmission } from '#lib/limits/admission.ts';
import { createByteGate } from '#lib/limits/byte-gate.ts';
import { createTokenBuckets } from '#lib/limits/token-bucket.ts';
import { channels, type TeamEvent } from '#lib/model/event.ts';
import { createAgentDirectory } from '#lib/pipeline/ingest/agents.ts';
import { type AgentTouch, createReceiverBook } from '#lib/pipeline/ingest/book.ts';
import type { IngestMeter } from '#lib/pipeline/ingest/contract.ts';
import { followDeletions } from '#lib/pipeline/ingest/deletions.ts';
import { createGroupCommit } from '#lib/pipeline/ingest/group-commit.ts';
import { createLivePublisher } from '#lib/pipeline/ingest/live-publisher.ts';
import { createLogsStage } from '#lib/pipeline/ingest/logs.ts';
import { createMetricsStage } from '#lib/pipeline/ingest/metrics.ts';
import { createIngestPipeline, rowsIn } from '#lib/pipeline/ingest/pipeline.ts';
import { createReattribution } from '#lib/pipeline/ingest/reattribution.ts';
import { createSeriesDirectory } from '#lib/pipeline/ingest/series.ts';
import { MAX_FUTURE_MS } from '#lib/pipeline/ingest/stage.ts';
import { createTeamSettings } from '#lib/pipeline/ingest/team-settings.ts';
import { createTraceMemories } from '#lib/pipeline/ingest/trace-memories.ts';
import { createTracesStage } from '#lib/pipeline/ingest/traces.ts';
import { createBatchStore } from '#lib/pipeline/store/batch.ts';
import { noteReception } from '#lib/pipeline/store/receptions.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { createSecretBox } from '#lib/secrets/secret-box.ts';
import { makeEventBus } from './event-bus.ts';
import { makeSettings } from './settings.ts';

/** Time between two live ticks of a team, milliseconds. */
const TICK_MS = 100;
/** Rows of one group commit, and commits under way at a time. */
const MAX_ROWS_PER_FLUSH = 50_000;
const MAX_FLUSHES = 2;
/** A commit costs about as much as storing this many rows; a second one beside the first must be worth it. */
const ROWS_WORTH_ANOTHER_FLUSH = 2000;
/** A key may send this many seconds' worth of its rate at once. */
const BURST_SECONDS = 2;
/** In-flight bytes of requests, as multiples of the largest one. */
const LARGE_REQUESTS_AT_ONCE = 12;
/** A gzip body may grow by this factor, or to 1 MiB (security P8); OTLP grows by 10 to 30. */
const MAX_RATIO = 100;
const RATIO_FLOOR_BYTES = 1024 * 1024;

/** Rows older than this have no place in the store, whatever a team keeps; its own retention is held before. */
const OLDEST_ROW_DAYS = 400;

/** The parts of the ingest process, from its configuration. */
export async function composeIngest(config: Config, meter: IngestMeter, log: Log) {
  const base = await connect(config, log);
  const { lifecycle, clock, database, keys, settings } = base;
  const directories = createDirectories(config, base);
  lifecycle.add(await followDeletions({ ...base, forget: directories.forget }));
  const path = createWritePath(base, directories, meter);
  const { maxBufferedItems, maxBodyBytes, maxDecompressedBytes } = config.ingest;
  const buckets = createTokenBuckets(() => {
    const perSecond = settings.latest().rateLimits.otlpPointsPerSecond;
    return { perSecond, burst: perSecond * BURST_SECONDS };
  }, clock);
  const memories = createTraceMemories();
  const { agents, series, forget } = directories;
  const ingest = createIngestPipeline({
    clock,
    meter,
    settingsOf: createTeamSettings({
      db: database.db,
      clock,
      defaultRawRetentionDays: config.metrics.retentionDays,
    }),
    stages: {
      metrics: createMetricsStage(series),
      traces: createTracesStage(agents, memories),
      logs: createLogsStage(agents, memories),
    },
    ...path,
    commit: path.commits.submit,
    charge: buckets.charge,
    book: path.book.note,
    forget,
  });
  const pendingItems = path.commits.pendingRows;
  const admit = createAdmission({ maxBufferedItems, pendingItems, waitSeconds: buckets.waitSeconds });
  const gate = createByteGate(maxDecompressedBytes * LARGE_REQUESTS_AT_ONCE);
  return {
    lifecycle,
    clock,
    gate,
    readingAtOnce: LARGE_REQUESTS_AT_ONCE,
    bodyLimits: {
      compressedBytes: maxBodyBytes,
      decompressedBytes: maxDecompressedBytes,
      maxRatio: MAX_RATIO,
      ratioFloorBytes: RATIO_FLOOR_BYTES,
    },
    door: {
      /** The limits that `admit` holds a caller to are asked for beside the key. */
      authenticate: async (
        headers: KeyHeaders,
        { peer, forwardedFor }: { peer: string; forwardedFor: string },
      ): Promise<KeyActor> => {
        await settings.current();
        const ip = clientAddress(peer, forwardedFor, config.app.trustedProxies);
        return keys.authenticate(headers, { ip, userAgent: null, requestId: '' });
      },
      admit: ({ keyId }: KeyActor) => admit(keyId),
      ingest,
    },
    checkReady: async (): Promise<void> => {
      await database.db.execute(sql`select 1`);
    },
    gauges: {
      queuedItems: pendingItems,
      inFlightBytes: gate.usedBytes,
      knownSeries: series.known,
      knownAgents: agents.known,
    },
  };
}

type Base = Awaited<ReturnType<typeof connect>>;
type Directories = ReturnType<typeof createDirectories>;

/** Connections to the outside; what is opened first is closed last. */
async function connect(config: Config, log: Log) {
  const clock: Clock = systemClock;
  const lifecycle: Lifecycle = createLifecycle(log);
  const writer = `${hostname()}:${process.pid}:${randomToken(4)}`;
  const database = openDb(config.database.url, 4);
  lifecycle.add({ name: 'control database', stop: database.close });
  const pool = openTelemetryPool(config.database.url, MAX_FLUSHES * 2 + 2);
  lifecycle.add({ name: 'telemetry database', stop: () => pool.end() });
  const bus = makeEventBus(config, log);
  lifecycle.add({ name: 'event bus', stop: () => bus.close() });
  const keys = lifecycle.add(await createKeyAuthenticator({ db: database.db, clock, bus, log }));
  const sealer = createSecretBox(config.secrets.key, config.secrets.formerKeys);
  const settings = lifecycle.add(await makeSettings(config, { db: database.db, bus, clock, log, sealer }));
  const metricStore = createPostgresMetricStore({ pool, clock, writer });
  return { clock, lifecycle, writer, database, pool, bus, keys, settings, metricStore, log };
}

/** What is remembered of agents and series. */
function createDirectories(config: Config, { pool, bus, clock, metricStore, log }: Base) {
  const agents = createAgentDirectory(async (teamId, heard) => {
    const { ids, created } = await registerAgents(pool, teamId, heard, config.agents.perTeam);
    for (const agentId of created) announce(bus, teamId, { type: 'agent.changed', agentId }, log);
    return ids;
  }, clock);
  const { maxSeriesPerAgent: perAgent, maxSeriesPerTeam: perTeam } = config.ingest;
  const series = createSeriesDirectory({
    ...{ store: metricStore, agents, limits: { perAgent, perTeam } },
    silentAfterMs: config.agents.healthTimeoutMs,
  });
  return {
    agents,
    series,
    forget: (teamId: string | null): void => {
      agents.forget(teamId);
      series.forget(teamId);
    },
  };
}

/** The way into the store and onto the screens. Stopped in reverse: last moves, last ticks, last commits. */
function createWritePath(base: Base, { agents }: Directories, meter: IngestMeter) {
  const { pool, bus, clock, writer, metricStore, lifecycle, log } = base;
  const limits = {
    spanDays: OLDEST_ROW_DAYS,
    logDays: OLDEST_ROW_DAYS,
    pointDays: OLDEST_ROW_DAYS,
    futureMs: MAX_FUTURE_MS,
  };
  const commits = createGroupCommit({
    write: createBatchStore({ pool, metricStore, clock, limits }).write,
    rowsOf: rowsIn,
    maxRowsPerFlush: MAX_ROWS_PER_FLUSH,
    maxFlushes: MAX_FLUSHES,
    rowsWorthAnother: ROWS_WORTH_ANOTHER_FLUSH,
    onFlush: meter.flushed,
  });
  lifecycle.add({ name: 'group commit', stop: commits.drained });
  const touch = (touches: readonly AgentTouch[]): Promise<void> => touchAgents(pool, touches);
  const book = lifecycle.add(
    createReceiverBook({ pool, clock, log, touch, noteReception: () => noteReception(pool) }),
  );
  const live = createLivePublisher({ bus, writer, clock, tickMs: TICK_MS, onPublished: meter.tickPublished });
  lifecycle.add({ name: 'live ticks', stop: live.stop });
  const reattribution = lifecycle.add(createReattribution({ pool, metricStore, agents, live, log }));
  return { commits, book, live, reattribution };
}

/** Tells the others; one who missed it sees it on the next load. */
function announce(bus: EventBus, teamId: string, event: TeamEvent, log: Log): void {
  bus.publish(channels.events(teamId), JSON.stringify(event)).catch((error: unknown) => {
    log.warn({ err: error, teamId }, 'a new agent could not be announced');
  });
}
