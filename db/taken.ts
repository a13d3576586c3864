import { DrizzleQueryError } from 'drizzle-orm';

/** Whether the database refused a write because a row with the same key is there (SQLSTATE 23505). */
export function isTaken(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && cause.code === '23505';
}
