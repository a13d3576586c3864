import type pg from 'pg';
import type postgres from 'postgres';

/** What a new connection asks for itself, whoever uses it. */
const OF_CONNECTIONS = /pg_catalog\.pg_type/;

type Options = { debug: (connection: number, text: string) => void };

/**
 * Listens to every statement of a client and of a pool.
 *
 * @returns takes what was run since the last time, sorted: what ran at once has no order
 */
export function listenToStatements(sql: postgres.Sql, pool: pg.Pool): () => string[] {
  let texts: string[] = [];
  (sql.options as unknown as Options).debug = (_connection, text) => {
    if (!OF_CONNECTIONS.test(text)) texts.push(text);
  };
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...values: unknown[]) => unknown;
    const heard = (...values: unknown[]) => {
      const [first] = values;
      texts.push(typeof first === 'string' ? first : String((first as { text?: unknown }).text));
      return query(...values);
    };
    Object.assign(client, { query: heard });
  });
  return () => {
    const taken = texts.toSorted();
    texts = [];
    return taken;
  };
}
