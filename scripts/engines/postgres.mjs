import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  commandLine,
  delay,
  freePort,
  goneWithin,
  isAlive,
  privateDirectory,
  randomPassword,
  readJson,
  writePrivate,
} from './files.mjs';
import { keepLog } from './keep-log.mjs';
import { planRun } from './postgres-binaries.mjs';

const run = promisify(execFile);

/** Names of the two roles and of the database; migrations revoke from the app role by this name. */
const OWNER_ROLE = 'pitwall_owner';
const APP_ROLE = 'pitwall_app';
const DATABASE = 'pitwall';
const SUPERUSER = 'postgres';

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  wal_buffers: '16MB',
  min_wal_size: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '10min',
  max_locks_per_transaction: '256',
  autovacuum_naptime: '20s',
  jit: 'off',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] %u@%d ',
  log_timezone: 'UTC',
  timezone: 'UTC',
};
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
const FORGETFUL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '400',
};

function serverUrl(role, password, port, database) {
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}

/** Passwords of the cluster, made once and kept beside it for the owner of the files only. */
function credentialsOf(dir) {
  const path = join(dir, 'credentials.json');
  const known = readJson(path);
  if (known) return known;
  const made = { superuser: randomPassword(), owner: randomPassword(), app: randomPassword() };
  writePrivate(path, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

async function initialise(plan, data, password) {
  const pwfile = join(plan.home, 'initdb.password');
  writeFileSync(pwfile, password, { mode: 0o600 });
  if (plan.owner.uid !== undefined) chownSync(pwfile, plan.owner.uid, plan.owner.gid);
  rmSync(data, { recursive: true, force: true });
  try {
    const [file, args] = plan.command('initdb', [
      ...['-D', data, '-U', SUPERUSER, `--pwfile=${pwfile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    ]);
    await run(file, args, { ...plan.owner, cwd: plan.home });
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    throw new Error(`initdb failed: ${error.stderr || error.message}`);
  } finally {
    rmSync(pwfile, { force: true });
  }
}

/**
 * Clears what an earlier server left behind: a server that outlived its supervisor is shut down, a
 * pid file whose server is gone (kill -9, power loss, the number taken by another program) is removed.
 */
async function clearStale(data) {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const ours = pid > 0 && isAlive(pid) && commandLine(pid).includes(data);
  if (ours) {
    process.kill(pid, 'SIGINT');
    if (!(await goneWithin(pid, 30_000)))
      throw new Error(`An earlier PostgreSQL (pid ${pid}) does not stop.`);
  }
  rmSync(pidFile, { force: true });
}

async function connect(url) {
  const { default: postgres } = await import('postgres');
  return postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
}

/** Asks the server until it answers or its process ends. */
async function waitUntilReady(child, url, logFile, timeoutMs = 60_000) {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const sql = await connect(url);
    try {
      await sql`select 1`;
      return;
    } catch {
      await delay(60);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  // What it said last may still be in the pipe.
  await Promise.race([child.exitCode === null ? delay(100) : once(child, 'close'), delay(1000)]);
  const log = existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
  throw Object.assign(new Error(`PostgreSQL did not start:\n${log.split('\n').slice(-8).join('\n')}`), {
    log,
  });
}

async function ensureRoles(url, credentials) {
  const sql = await connect(url);
  try {
    for (const [role, password] of [
      [OWNER_ROLE, credentials.owner],
      [APP_ROLE, credentials.app],
    ]) {
      const [known] = await sql`select 1 from pg_roles where rolname = ${role}`;
      if (!known) await sql.unsafe(`create role ${role} login password '${password}'`);
    }
    const [database] = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (!database) await sql.unsafe(`create database ${DATABASE} owner ${OWNER_ROLE}`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function spawnServer(plan, data, port, durable, logFile) {
  const settings = { ...SETTINGS, ...(durable ? DURABLE : FORGETFUL) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [file, args] = plan.command('postgres', ['-D', data, '-p', String(port), ...flags]);
  // A group of its own: Ctrl-C in the terminal must not reach it before the processes that use it ended.
  const child = spawn(file, args, {
    ...plan.owner,
    cwd: plan.home,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.once('error', () => {});
  keepLog(child, logFile);
  return child;
}

async function launch(plan, data, options, credentials) {
  const logFile = join(options.dir, 'server.log');
  for (let attempt = 1; ; attempt++) {
    await clearStale(data);
    const port = await freePort(options.port);
    const child = spawnServer(plan, data, port, options.durable ?? true, logFile);
    const superuserUrl = serverUrl(SUPERUSER, credentials.superuser, port, 'postgres');
    try {
      await waitUntilReady(child, superuserUrl, logFile);
      return { child, port, superuserUrl };
    } catch (error) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGQUIT');
      // Children of a killed server hold its shared memory for a moment; a port may be lost to another.
      if (attempt >= 5) throw error;
      await delay(500 * attempt);
    }
  }
}

async function stopServer(child, timeoutMs) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  const hard = setTimeout(() => child.kill('SIGQUIT'), timeoutMs);
  await ended;
  clearTimeout(hard);
}

/** Where the app role reaches a server that runs on `port` with its files in `dir`; null when there is none. */
export function embeddedAppUrl(dir, port) {
  const credentials = readJson(join(dir, 'credentials.json'));
  return credentials ? serverUrl(APP_ROLE, credentials.app, port, DATABASE) : null;
}

/**
 * Starts the embedded PostgreSQL with its files in `dir`; makes the cluster, the two roles and the
 * database on the first start. It listens on loopback only, behind passwords.
 *
 * @param options.dir directory of its own (made when missing, 0700)
 * @param options.port preferred port; another free one is taken when it is in use
 * @param options.durable false turns fsync off (throw-away databases of tests)
 * @param options.isolation `system-user` forbids the user namespace for root
 * @returns urls of the owner, the app and the superuser, the server's process, and stop()
 */
export async function startPostgres(options) {
  privateDirectory(options.dir);
  const plan = planRun(options.dir, options);
  const data = join(plan.home, 'data');
  const credentials = credentialsOf(options.dir);
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(plan, data, credentials.superuser);
  const { child, port, superuserUrl } = await launch(plan, data, options, credentials);
  await ensureRoles(superuserUrl, credentials);
  return {
    port,
    pid: child.pid,
    process: child,
    note: plan.note,
    superuserUrl,
    ownerUrl: serverUrl(OWNER_ROLE, credentials.owner, port, DATABASE),
    appUrl: serverUrl(APP_ROLE, credentials.app, port, DATABASE),
    stop: (timeoutMs = 20_000) => stopServer(child, timeoutMs),
    /** Ends it without a checkpoint: its next start takes longer, and nothing is lost. */
    kill: () => child.kill('SIGQUIT'),
  };
}
