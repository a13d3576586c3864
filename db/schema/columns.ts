import { sql } from 'drizzle-orm';
import { timestamp, uuid } from 'drizzle-orm/pg-core';
import { uuidv7 } from '#lib/model/uuid.ts';

/**
 * The schema of the store of record, one file a noun. Telemetry tables (points, spans, logs, roll-ups)
 * are partitioned and written by binary COPY; they stand in custom migrations and not here.
 */

/** Primary key: a UUIDv7 made by the application, so that it is known before the row is written. */
export const id = () =>
  uuid('id')
    .primaryKey()
    .$defaultFn(() => uuidv7());

/** A point in time with zone, as a Date. */
export const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const createdAt = () => time('created_at').notNull().defaultNow();

/** Condition of a check or an index: the column holds one of these words of the vocabulary. */
export const oneOf = (column: string, words: readonly string[]) =>
  sql.raw(`${column} in (${words.map((word) => `'${word}'`).join(', ')})`);
