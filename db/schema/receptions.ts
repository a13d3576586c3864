import { sql } from 'drizzle-orm';
import { check, index, pgTable } from 'drizzle-orm/pg-core';
import { id, time } from './columns.ts';

/** Times in which some receiver of the installation took telemetry and could store it; see lib/model/reception.ts. */
export const receptions = pgTable(
  'receptions',
  {
    id: id(),
    fromAt: time('from_at').notNull(),
    /** Moved on every few seconds while it lasts. */
    toAt: time('to_at').notNull(),
  },
  (t) => [index('receptions_to_idx').on(t.toAt), check('receptions_range', sql`${t.toAt} >= ${t.fromAt}`)],
);
