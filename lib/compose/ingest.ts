import { hostname } from 'node:os';
import { sql } from 'drizzle-orm';
import { openDb } from '#db/client.ts';
import { openTelemetryPool } from '#db/telemetry-pool.ts';
import { registerAgents, touchAgents } from '#lib/agents/register-agents.ts';
import { createKeyAuthenticator } from '#lib/api-keys/authenticate-key.ts';
import type { Config } from '#lib/config/config.ts';
import { type Clock, systemClock } from '#lib/kernel/clock.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { randomToken } from '#lib/kernel/ids.ts';
import { createLifecycle, type Lifecycle } from '#lib/kernel/lifecycle.ts';
import type { Log } from '#lib/kernel/log.ts';
import { createByteGate } from '#lib/limits/byte-gate.ts';
import { createTokenBuckets } from '#lib/limits/token-bucket.ts';
import { channels, type TeamEvent, teamEventSchema } from '#lib/model/event.ts';
import { createAgentDirectory } from '#lib/pipeline/ingest-agents.ts';
import { createReceiverBook } from '#lib/pipeline/ingest-book.ts';
import type { IngestMeter } from '#lib/pipeline/ingest-contract.ts';
import { createGroupCommit } from '#lib/pipeline/ingest-group-commit.ts';
import { createLivePublisher } from '#lib/pipeline/ingest-live-publisher.ts';
import { createLogsStage } from '#lib/pipeline/ingest-logs.ts';
import { createMetricsStage } from '#lib/pipeline/ingest-metrics.ts';
import { createIngestPipeline, rowsIn } from '#lib/pipeline/ingest-pipeline.ts';
import { createReattribution } from '#lib/pipeline/ingest-reattribution.ts';
import { createSeriesDirectory } from '#lib/pipeline/ingest-series.ts';
import { createTeamSettings } from '#lib/pipeline/ingest-team-settings.ts';
import { createTraceMemories } from '#lib/pipeline/ingest-trace-memories.ts';
import { createTracesStage } from '#lib/pipeline/ingest-traces.ts';
import { createBatchStore } from '#lib/pipeline/store-batch.ts';
import type { EventBus } from '#lib/ports/event-bus/port.ts';
import { createPostgresMetricStore } from '#lib/ports/metric-store/postgres/store.ts';
import { makeEventBus } from './event-bus.ts';

/** Time between two live ticks of a team, milliseconds. */
const TICK_MS = 100;
/** Rows of one group commit, and commits under way at a time. */
const MAX_ROWS_PER_FLUSH = 50_000;
const MAX_FLUSHES = 2;
/** A key may send this many seconds' worth of its rate at once. */
const BURST_SECONDS = 2;
/** In-flight bytes of requests, as multiples of the largest one. */
const LARGE_REQUESTS_AT_ONCE = 12;

/** The parts of the ingest process, from its configuration. */
export async function composeIngest(config: Config, meter: IngestMeter, log: Log) {
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

  const metricStore = createPostgresMetricStore({ pool, clock, writer });
  const batchStore = createBatchStore({ pool, metricStore, clock });
  const agents = createAgentDirectory(async (teamId, heard) => {
    const { ids, created } = await registerAgents(pool, teamId, heard, config.agents.perTeam);
    for (const agentId of created) announce(bus, teamId, { type: 'agent.changed', agentId }, log);
    return ids;
  }, clock);
  const { maxSeriesPerAgent: perAgent, maxSeriesPerTeam: perTeam } = config.ingest;
  const series = createSeriesDirectory({ store: metricStore, agents, limits: { perAgent, perTeam } });
  const commits = createGroupCommit({
    write: batchStore.write,
    rowsOf: rowsIn,
    maxRowsPerFlush: MAX_ROWS_PER_FLUSH,
    maxFlushes: MAX_FLUSHES,
    onFlush: meter.flushed,
  });
  lifecycle.add({ name: 'group commit', stop: commits.drained });
  const book = lifecycle.add(
    createReceiverBook({ pool, clock, log, touch: (touches) => touchAgents(pool, touches) }),
  );
  const live = createLivePublisher({ bus, writer, clock, tickMs: TICK_MS, onPublished: meter.tickPublished });
  lifecycle.add({ name: 'live ticks', stop: live.stop });

  const reattribution = lifecycle.add(createReattribution({ pool, metricStore, agents, live, log }));

  const forget = (teamId: string): void => {
    agents.forget(teamId);
    series.forget(teamId);
  };
  await bus.subscribe(channels.events('*'), (payload, channel) => {
    if (isDeletion(payload)) forget(channel.slice(channels.events('').length));
  });

  const buckets = createTokenBuckets(
    config.ingest.pointsPerSecond,
    config.ingest.pointsPerSecond * BURST_SECONDS,
    clock,
  );
  const memories = createTraceMemories();
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
    reattribution,
    live,
    commit: commits.submit,
    charge: buckets.charge,
    book: book.note,
    forget,
  });
  const gate = createByteGate(config.ingest.maxDecompressedBytes * LARGE_REQUESTS_AT_ONCE);

  return {
    lifecycle,
    clock,
    gate,
    bodyLimits: {
      compressedBytes: config.ingest.maxBodyBytes,
      decompressedBytes: config.ingest.maxDecompressedBytes,
      maxRatio: 100,
      ratioFloorBytes: 1024 * 1024,
    },
    door: {
      authenticate: keys.authenticate,
      admit: createAdmission(config.ingest.maxBufferedItems, commits.pendingRows, buckets.waitSeconds),
      ingest,
    },
    checkReady: async (): Promise<void> => {
      await database.db.execute(sql`select 1`);
    },
    gauges: {
      queuedItems: commits.pendingRows,
      inFlightBytes: gate.usedBytes,
      knownSeries: series.known,
      knownAgents: agents.known,
    },
  };
}

/** Back-pressure: half a full buffer asks senders to slow down, a full one takes nothing (performance 4). */
function createAdmission(
  maxBufferedItems: number,
  pendingItems: () => number,
  waitSeconds: (keyId: string) => number,
) {
  return ({ keyId }: { keyId: string }): void => {
    const pending = pendingItems();
    if (pending >= maxBufferedItems) {
      throw new AppError('unavailable', 'The receiver is full.', { retryAfterSeconds: 5 });
    }
    if (pending >= maxBufferedItems / 2) {
      throw new AppError('rate_limited', 'The receiver is busy.', { retryAfterSeconds: 1 });
    }
    const seconds = waitSeconds(keyId);
    if (seconds > 0) {
      throw new AppError('rate_limited', 'This API key sends more items a second than it may.', {
        retryAfterSeconds: seconds,
      });
    }
  };
}

/** Tells the others; one who missed it sees it on the next load. */
function announce(bus: EventBus, teamId: string, event: TeamEvent, log: Log): void {
  bus.publish(channels.events(teamId), JSON.stringify(event)).catch((error: unknown) => {
    log.warn({ err: error, teamId }, 'a new agent could not be announced');
  });
}

function isDeletion(payload: string): boolean {
  try {
    return teamEventSchema.safeParse(JSON.parse(payload)).data?.type === 'agent.deleted';
  } catch {
    return false;
  }
}
