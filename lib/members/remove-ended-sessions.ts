import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';

/** Ended sessions stay this long, so that their owner can still see them in the list. */
const KEPT_DAYS = 7;
const BATCH = 1000;

/**
 * Removes sessions and mails that ended more than a week ago, at most a batch of sessions, and links and challenges
 * that expired. Those of the last day still count the tries and the mails of somebody.
 *
 * @returns how many rows went; a full batch means that more are left
 */
export async function removeEndedSessions(db: Db): Promise<{ done: number; more: boolean }> {
  const [sessions] = await db.execute<{ n: number }>(sql`
    with ended as materialized (
      select id from sessions
      where least(expires_at, idle_expires_at, revoked_at) < now() - make_interval(days => ${KEPT_DAYS}::int)
      limit ${BATCH} for update skip locked
    ), gone as (delete from sessions using ended where sessions.id = ended.id returning 1)
    select count(*)::int as n from gone`);
  const [links] = await db.execute<{ n: number }>(sql`
    with gone as (delete from setup_tokens where expires_at < now() returning 1)
    select count(*)::int as n from gone`);
  const [proofs] = await db.execute<{ n: number }>(sql`
    with challenges as (
      delete from sign_in_challenges where expires_at < now() - interval '1 day' returning 1
    ), resets as (
      delete from password_resets where expires_at < now() - interval '1 day' returning 1
    ), letters as (
      delete from mails where ended_at < now() - make_interval(days => ${KEPT_DAYS}::int) returning 1
    )
    select ((select count(*) from challenges) + (select count(*) from resets)
      + (select count(*) from letters))::int as n`);
  const ended = sessions?.n ?? 0;
  return { done: ended + (links?.n ?? 0) + (proofs?.n ?? 0), more: ended >= BATCH };
}
