import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { mails } from '#db/schema/mails.ts';
import type { Sealer } from '#lib/command/context.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { Mailer, MailOutcome } from '#lib/ports/mailer/port.ts';

/** What sending works with. */
export interface MailTools {
  db: Db;
  sealer: Sealer;
  mailer: Mailer;
  log: Log;
}

interface Claim extends Record<string, unknown> {
  id: string;
  kind: string;
  recipient: string;
  sealed_message: string;
  attempts: number;
  expired: boolean;
}

const BATCH = 20;
/** A mail is held this long; whoever claims it later has taken it over. */
const LEASE_SECONDS = 60;
const LONGEST_DELAY_SECONDS = 300;

const messageSchema = z.object({ subject: z.string(), text: z.string() });

/** Takes on mails that are due, each by one process; one whose holder has gone is taken over. */
async function claim(db: Db): Promise<Claim[]> {
  return db.execute<Claim>(sql`
    with due as materialized (
      select id from mails
      where status = 'queued' and next_attempt_at <= now() and (lease_until is null or lease_until <= now())
      order by next_attempt_at limit ${BATCH} for update skip locked
    )
    update mails m
    set attempts = m.attempts + 1, lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from due where m.id = due.id
    returning m.id, m.kind, m.recipient, m.sealed_message, m.attempts, m.expires_at <= now() as expired`);
}

async function attempt({ sealer, mailer }: MailTools, mail: Claim): Promise<MailOutcome> {
  if (mail.expired) return { kind: 'refused', error: 'It could not be sent in time.' };
  const message = messageSchema.parse(JSON.parse(sealer.open(mail.sealed_message)));
  return mailer.send(mail.id, { to: mail.recipient, ...message });
}

/** What is written down of an attempt, unless somebody else has taken the mail over meanwhile. */
async function settle(db: Db, mail: Claim, outcome: MailOutcome): Promise<void> {
  const held = and(eq(mails.id, mail.id), eq(mails.status, 'queued'), eq(mails.attempts, mail.attempts));
  if (outcome.kind !== 'retry') {
    const status = outcome.kind === 'sent' ? 'sent' : 'failed';
    const error = outcome.kind === 'sent' ? null : outcome.error;
    const ended = { status, error, endedAt: sql`now()`, sealedMessage: null, leaseUntil: null } as const;
    await db.update(mails).set(ended).where(held);
    return;
  }
  const seconds = Math.min(LONGEST_DELAY_SECONDS, 2 ** mail.attempts);
  const nextAttemptAt = sql`now() + make_interval(secs => ${seconds})`;
  await db.update(mails).set({ error: outcome.error, nextAttemptAt, leaseUntil: null }).where(held);
}

/**
 * Sends the mails that wait. One that the server does not take is tried again, later each time, until what it says
 * is worth nothing any more.
 *
 * @returns how many were tried
 */
export async function sendMails(tools: MailTools): Promise<{ done: number; more: boolean }> {
  const claims = await claim(tools.db);
  for (const mail of claims) {
    const outcome = await attempt(tools, mail);
    if (outcome.kind !== 'sent') {
      const { id: mailId, kind } = mail;
      tools.log.warn({ mailId, kind, error: outcome.error }, 'a mail could not be sent');
    }
    await settle(tools.db, mail, outcome);
  }
  return { done: claims.length, more: claims.length === BATCH };
}
