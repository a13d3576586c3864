import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, id, time } from './columns.ts';

/**
 * Mails to one person about their own account: password resets, invitations. Enqueued in the transaction that causes
 * them and sent by a loop of the worker.
 */
export const mails = pgTable(
  'mails',
  {
    id: id(),
    /** What it is about, for logs and people who look: `password-reset`, `invitation`, ... */
    kind: text('kind').notNull(),
    recipient: text('recipient').notNull(),
    /** Subject and text, sealed: links in it are secrets. Null once it was sent or given up. */
    sealedMessage: text('sealed_message'),
    status: text('status', { enum: ['queued', 'sent', 'failed'] })
      .notNull()
      .default('queued'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: time('next_attempt_at').notNull().defaultNow(),
    leaseUntil: time('lease_until'),
    /** When its link is worth nothing any more. */
    expiresAt: time('expires_at').notNull(),
    /** What the mail server said last. */
    error: text('error'),
    createdAt: createdAt(),
    endedAt: time('ended_at'),
  },
  (t) => [
    index('mails_due_idx').on(t.nextAttemptAt).where(sql`${t.status} = 'queued'`),
    index('mails_ended_idx').on(t.endedAt).where(sql`${t.status} <> 'queued'`),
  ],
);
