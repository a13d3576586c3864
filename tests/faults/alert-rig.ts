import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { type DbHandle, openDb } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import { applyFindings } from '#lib/pipeline/raise/apply-findings.ts';
import { AlertingSetUp } from '#tests/history/set-up.ts';
import { migrate } from '../../scripts/migrate.mjs';
import { freePort, pause, type RigEngine, startDurable } from './ingest-rig.ts';

/** A worker process as `npm start` runs it. */
export interface Worker {
  /** Sends a signal; with one that ends it, resolves when it has ended. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Resolves when it has ended, however it did. */
  ended: Promise<void>;
  alive(): boolean;
  log(): string;
  pid: number;
}

/** The ground of fault tests about alerts: a durable PostgreSQL and worker processes that can be killed. */
export interface AlertRig extends Pick<RigEngine, 'stop' | 'start'> {
  teamId: string;
  /** The address of the database as workers are given it. */
  appUrl: string;
  /** What secrets are sealed with that workers are to open. */
  secretKey: string;
  setUp: AlertingSetUp;
  /** The database as the product uses it. */
  db: DbHandle['db'];
  /** As the owner of the tables, to look and to meddle. */
  owner: postgres.Sql;
  /** Findings as an evaluator applies them; nobody is woken. */
  raise(...findings: Finding[]): Promise<void>;
  /** Starts a worker and waits until it is ready. */
  startWorker(settings?: Record<string, string>): Promise<Worker>;
  /** Keeps a worker running, as the supervisor does: one that ends is followed by the next. */
  keepWorker(): Promise<void>;
  /** Ends every connection of the workers that is in the middle of something; answers with how many. */
  cutConnections(): Promise<number>;
  /** Moves the clock of alerting this far ahead of the real one. */
  travel(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const MAIN = new URL('../../worker/main.ts', import.meta.url).pathname;
const READY_MS = 60_000;
/** Tells connections of the test apart from those of workers. */
const OURSELVES = 'rig';
const SECRET = 'a secret of the fault tests, 32 letters and more';

function workerProcess(env: NodeJS.ProcessEnv): Worker {
  const child: ChildProcess = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const alive = () => child.exitCode === null && child.signalCode === null;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    alive,
    ended,
    pid: child.pid ?? 0,
    log: () => output,
    async signal(signal) {
      if (!alive()) return;
      child.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
    },
  };
}

async function untilReady(worker: Worker, port: number): Promise<void> {
  const giveUpAt = Date.now() + READY_MS;
  while (Date.now() < giveUpAt && worker.alive()) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    await pause(50);
  }
  throw new Error(`the worker did not become ready:\n${worker.log()}`);
}

/** @param settings further environment of the workers */
export async function createAlertRig(settings: Record<string, string> = {}): Promise<AlertRig> {
  const dir = mkdtempSync(join(tmpdir(), 'pitwall-alert-fault-'));
  const postgresDir = join(dir, 'postgres');
  mkdirSync(postgresDir, { mode: 0o700 });
  const engine = await startDurable(postgresDir);
  const { ownerUrl, appUrl } = engine;
  await migrate({ ownerUrl, appUrl });
  const owner = postgres(ownerUrl, { max: 4, onnotice: () => {} });
  const teamId = uuidv7();
  await owner`insert into teams (id, slug, name) values (${teamId}, 'faults', 'faults')`;
  // Only the rules of a test are to fire.
  await owner`insert into alert_settings (team_id, starter_pack_at) values (${teamId}, now())`;
  // No receiver runs here; silence that Pitwall caused would be held against no agent.
  await owner`insert into receptions (id, from_at, to_at) values (${uuidv7()}, '2000-01-01Z', '2100-01-01Z')`;
  const superuser = postgres(engine.superuserUrl, { max: 1, onnotice: () => {} });
  const handle = openDb(`${appUrl}?application_name=${OURSELVES}`, 4);
  const setUp = await AlertingSetUp.open(ownerUrl, SECRET);
  const workers: Worker[] = [];
  let closing = false;

  async function startWorker(own: Record<string, string> = {}): Promise<Worker> {
    const port = await freePort();
    const worker = workerProcess({
      ...process.env,
      ...{ DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl, SECRET_KEY: SECRET, REDIS_URL: '' },
      ...{ WORKER_PORT: String(port), DATA_DIR: join(dir, 'data'), LOG_LEVEL: 'info' },
      ...settings,
      ...own,
    });
    workers.push(worker);
    await untilReady(worker, port);
    return worker;
  }

  async function keepWorker(): Promise<void> {
    const { ended } = await startWorker();
    void ended.then(async () => {
      while (!closing) {
        try {
          return await keepWorker();
        } catch {
          // The database is not back yet.
        }
      }
    });
  }

  return {
    ...{ teamId, appUrl, secretKey: SECRET, setUp, owner, db: handle.db },
    ...{ stop: engine.stop, start: engine.start },
    raise: (...findings) =>
      handle.db.transaction(async (tx) => {
        await applyFindings(tx, teamId, findings, await databaseNow(tx));
      }),
    startWorker,
    keepWorker,
    cutConnections: async () => {
      const cut = await superuser`
        select pg_terminate_backend(pid) from pg_stat_activity
        where usename = ${new URL(appUrl).username} and application_name <> ${OURSELVES} and state <> 'idle'`;
      return cut.length;
    },
    travel: async (seconds) => {
      await owner.unsafe(
        `create or replace function alert_now() returns timestamptz language sql stable
         as $$ select now() + interval '${seconds} seconds' $$`,
      );
    },
    close: async () => {
      closing = true;
      await Promise.all(workers.map((worker) => worker.signal('SIGKILL')));
      await Promise.all([
        handle.close(),
        setUp.close(),
        owner.end({ timeout: 5 }),
        superuser.end({ timeout: 5 }),
      ]);
      await engine.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
