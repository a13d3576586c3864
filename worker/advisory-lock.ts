import type postgres from 'postgres';
import type { TakeLock } from './loop.ts';

/**
 * Locks that all workers on one database share. Each holds a connection of its own while it is held, so a
 * worker that dies releases it with its connection.
 */
export function advisoryLocks(sql: postgres.Sql): TakeLock {
  return async (name) => {
    const connection = await sql.reserve();
    try {
      const key = `worker:${name}`;
      const [row] = await connection`select pg_try_advisory_lock(hashtextextended(${key}, 0)) as taken`;
      if (!row?.taken) {
        connection.release();
        return null;
      }
      return async () => {
        try {
          await connection`select pg_advisory_unlock(hashtextextended(${key}, 0))`;
        } finally {
          connection.release();
        }
      };
    } catch (error) {
      connection.release();
      throw error;
    }
  };
}
