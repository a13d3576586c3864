import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { CopyWriter } from './copy-writer.ts';

/**
 * Opens the pool of the telemetry path: `pg`, because it sends a COPY without delay over TCP.
 * A writer holds one connection for its transaction and needs a second one for lookups, so `max` is at
 * least 2. A statement that runs for 30 s is cancelled.
 */
export function openTelemetryPool(url: string, max = 4): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: Math.max(2, max),
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    keepAlive: true,
    application_name: 'pitwall telemetry',
    // Short queries over a few thousand rows: compiling them or sharing them out costs more than it saves.
    options: '-c jit=off -c max_parallel_workers_per_gather=0',
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  // The same for a connection that breaks while it is in use: whoever uses it gets the error from its query.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Runs `COPY <target> FROM STDIN (FORMAT binary)` with the rows of a writer; resolves when all are in. */
export async function copyIn(client: pg.ClientBase, target: string, writer: CopyWriter): Promise<void> {
  if (writer.rows === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stream = client.query(copyFrom(`COPY ${target} FROM STDIN (FORMAT binary)`));
  stream.on('error', reject);
  stream.on('finish', resolve);
  stream.end(writer.finish());
  await promise;
}
