import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { uuidv7 } from '#lib/model/uuid.ts';
import { type PostgresEngine, startPostgres } from '../../scripts/engines/postgres.mjs';
import { migrate } from '../../scripts/migrate.mjs';

/**
 * Fault tests: real processes, real engines, real signals, and what must hold afterwards.
 *
 * This file is the ground of those about ingest: a durable PostgreSQL of its own and the ingest process as
 * `npm start` runs it, both of which can be killed and started again on the same ports.
 */
export interface IngestRig {
  /** Starts one more ingest process on the same database; it ends with the rig. */
  startAnother(): Promise<IngestProcess>;
  otlpUrl: string;
  grpcPort: number;
  key: string;
  /** A key of the same team that may read but not ingest. */
  readerKey: string;
  teamId: string;
  databaseUrl: string;
  /** Rows of a query as the owner of the tables. */
  rows<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Starts the ingest process and waits until it can take data. */
  startIngest(): Promise<void>;
  /** Sends a signal to the ingest process and gives its exit code once it has ended. */
  endIngest(signal: NodeJS.Signals): Promise<number | null>;
  ingestAlive(): boolean;
  /** Everything that the ingest process has logged. */
  log(): string;
  stopPostgres(how: 'fast' | 'kill'): Promise<void>;
  startPostgres(): Promise<void>;
  close(): Promise<void>;
}

/** An ingest process beside the first. */
export interface IngestProcess {
  otlpUrl: string;
}

const MAIN = new URL('../../ingest/main.ts', import.meta.url).pathname;
const READY_MS = 20_000;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The PostgreSQL of a rig. */
export interface RigEngine {
  ownerUrl: string;
  appUrl: string;
  stop(how: 'fast' | 'kill'): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A PostgreSQL that syncs, as the product starts one. @param dir directory of its own */
export async function startDurable(dir: string): Promise<RigEngine & { superuserUrl: string }> {
  let engine = await startPostgres({ dir, durable: true });
  const { ownerUrl, appUrl, superuserUrl, port } = engine;
  return {
    ownerUrl,
    appUrl,
    superuserUrl,
    stop: (how) => stopEngine(engine, how),
    start: async () => {
      engine = await startPostgres({ dir, durable: true, port });
      if (engine.port !== port) throw new Error('PostgreSQL came back on another port');
    },
    close: () => engine.stop(5_000),
  };
}

/**
 * @param settings further environment of the ingest process
 * @param makeEngine starts its PostgreSQL in the directory it is given
 */
export async function createIngestRig(
  settings: Record<string, string> = {},
  makeEngine: (dir: string) => Promise<RigEngine> = startDurable,
): Promise<IngestRig> {
  const dir = mkdtempSync(join(tmpdir(), 'pitwall-fault-'));
  const postgresDir = join(dir, 'postgres');
  mkdirSync(postgresDir, { mode: 0o700 });
  const engine = await makeEngine(postgresDir);
  const { ownerUrl, appUrl } = engine;
  await migrate({ ownerUrl, appUrl });
  const makeIngest = async () => {
    const [httpPort, grpcPort] = [await freePort(), await freePort()];
    const ingest = ingestProcess({
      ...process.env,
      DATABASE_URL: appUrl,
      OTLP_HTTP_PORT: String(httpPort),
      OTLP_GRPC_PORT: String(grpcPort),
      HOST: '127.0.0.1',
      DATA_DIR: join(dir, 'data'),
      REDIS_URL: '',
      OTLP_POINTS_PER_SECOND: '10000000',
      LOG_LEVEL: 'warn',
      ...settings,
    });
    return { ...ingest, otlpUrl: `http://127.0.0.1:${httpPort}`, grpcPort };
  };
  const ingest = await makeIngest();
  const { otlpUrl, grpcPort } = ingest;
  const others: (typeof ingest)[] = [];
  const rows = async <Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[] = [],
  ): Promise<Row[]> => {
    const client = new pg.Client(ownerUrl);
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  const { teamId, key, readerKey } = await makeKeys(rows);
  await ingest.start(otlpUrl);
  return {
    otlpUrl,
    grpcPort,
    key,
    readerKey,
    teamId,
    databaseUrl: appUrl,
    rows,
    startIngest: () => ingest.start(otlpUrl),
    startAnother: async () => {
      const other = await makeIngest();
      others.push(other);
      await other.start(other.otlpUrl);
      return other;
    },
    endIngest: ingest.end,
    ingestAlive: ingest.alive,
    log: ingest.log,
    stopPostgres: engine.stop,
    startPostgres: engine.start,
    close: async () => {
      for (const each of [ingest, ...others]) if (each.alive()) await each.end('SIGKILL');
      await engine.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function makeKeys(rows: IngestRig['rows']) {
  const teamId = uuidv7();
  const key = 'fault-test-key-that-may-ingest-0001';
  const readerKey = 'fault-test-key-that-may-only-read-02';
  await rows('insert into teams (id, slug, name) values ($1, $2, $2)', [teamId, 'faults']);
  for (const [text, scopes] of [
    [key, ['ingest']],
    [readerKey, ['read', 'write']],
  ] as const) {
    const hash = createHash('sha256').update(text).digest();
    await rows(
      `insert into api_keys (id, team_id, name, key_hash, last_four, scopes) values ($1, $2, 'k', $3, $4, $5)`,
      [uuidv7(), teamId, hash, text.slice(-4), scopes],
    );
  }
  return { teamId, key, readerKey };
}

function ingestProcess(env: NodeJS.ProcessEnv) {
  let child: ChildProcess | undefined;
  let output = '';
  const alive = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    alive,
    log: () => output,
    async start(otlpUrl: string): Promise<void> {
      child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      const giveUpAt = Date.now() + READY_MS;
      while (Date.now() < giveUpAt && alive()) {
        const ready = await fetch(`${otlpUrl}/readyz`).catch(() => null);
        if (ready?.status === 200) return;
        await pause(50);
      }
      throw new Error(`ingest did not become ready:\n${output}`);
    },
    async end(signal: NodeJS.Signals): Promise<number | null> {
      const running = child;
      if (running === undefined || !alive()) return running?.exitCode ?? null;
      const ended = new Promise<number | null>((resolve) => running.once('exit', resolve));
      running.kill(signal);
      return ended;
    },
  };
}

/** Ends PostgreSQL as `pg_ctl stop -m fast` does, or by SIGKILL to the postmaster and its children. */
async function stopEngine(engine: PostgresEngine, how: 'fast' | 'kill'): Promise<void> {
  if (how === 'fast') return engine.stop();
  const ended = new Promise((resolve) => engine.process.once('exit', resolve));
  engine.process.kill('SIGKILL');
  await ended;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
