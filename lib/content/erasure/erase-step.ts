import { and, asc, eq, lte, notInArray, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '#db/client.ts';
import { contentErasures } from '#db/schema/content.ts';
import { users } from '#db/schema/members.ts';
import type { SystemActor } from '#lib/access/actor.ts';
import { grantsOf } from '#lib/access/grants.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { ERASED, USER_KEYS } from '#lib/telemetry/stored-content.ts';
import { strippedLog, strippedSpan } from './strip-rows.ts';

type Erasure = typeof contentErasures.$inferSelect;

const HOUR_MS = 3_600_000;
/**
 * When the walk is done again, after the request: senders repeat for hours what they could not deliver, and a batch may
 * come in an hour that the walk has passed.
 */
const AGAIN_AFTER_MS = [HOUR_MS, 24 * HOUR_MS];
/** Traces and rows of one transaction. */
const MAX_TRACES = 50;
const MAX_ROWS = 500;
/** Hours without anything to erase that one transaction walks over. */
const MAX_HOURS = 48;

const CONVERSATION_KEYS = ['gen_ai.conversation.id', 'session.id', 'conversation.id', 'thread.id'];

const instant = (ms: number): SQL => sql`${new Date(ms).toISOString()}::timestamptz`;
const notErased = sql`not coalesce(attributes ? ${ERASED}, false)`;
const names = (keys: readonly string[], value: string): SQL =>
  sql`(${sql.join(
    keys.map((key) => sql`attributes ->> ${key} = ${value}`),
    sql` or `,
  )})`;

/** Which spans say that what was said is meant; everything of their traces goes with them, but for agents. */
function meantSpans({ kind, criterion }: Erasure): SQL {
  const value = criterion ?? '';
  if (kind === 'agent') return sql`agent_id = ${value}::uuid`;
  return kind === 'conversation' ? sql`conversation_id = ${value}` : names(USER_KEYS, value);
}

function meantLogs({ kind, criterion }: Erasure): SQL {
  const value = criterion ?? '';
  if (kind === 'agent') return sql`agent_id = ${value}::uuid`;
  return names(kind === 'conversation' ? CONVERSATION_KEYS : USER_KEYS, value);
}

interface SpanRow extends Record<string, unknown> {
  place: string;
  attributes: Record<string, unknown> | null;
  events: { name: string; attributes: Record<string, unknown> | null }[] | null;
}

async function stripSpans(tx: Tx, job: Erasure, which: SQL): Promise<number> {
  // Rows that say that they are meant go last: a trace of which only a part was done is found again.
  const rows = await tx.execute<SpanRow>(sql`
    select tableoid::text || ' ' || ctid::text as place, attributes, events from spans
    where team_id = ${job.teamId} and ${which} and ${notErased}
    order by coalesce(${meantSpans(job)}, false) limit ${MAX_ROWS} for update`);
  for (const { place, ...row } of rows) {
    const { attributes, events } = strippedSpan(row, job);
    const [table, tuple] = place.split(' ');
    await tx.execute(sql`
      update spans set attributes = ${JSON.stringify(attributes)}::text::jsonb,
             events = ${events === null ? null : JSON.stringify(events)}::text::jsonb, status_message = null
      where tableoid = ${table}::oid and ctid = ${tuple}::tid`);
  }
  return rows.length;
}

async function stripLogs(tx: Tx, job: Erasure, which: SQL): Promise<number> {
  const rows = await tx.execute<Pick<SpanRow, 'place' | 'attributes'>>(sql`
    select tableoid::text || ' ' || ctid::text as place, attributes from logs
    where team_id = ${job.teamId} and ${which} and ${notErased} limit ${MAX_ROWS} for update`);
  for (const { place, attributes } of rows) {
    const kept = JSON.stringify(strippedLog(attributes, job));
    const [table, tuple] = place.split(' ');
    await tx.execute(sql`
      update logs set attributes = ${kept}::text::jsonb, body = ''
      where tableoid = ${table}::oid and ctid = ${tuple}::tid`);
  }
  return rows.length;
}

/**
 * Spans that lead to what is left of their traces: those that are meant and not done yet, and on later walks those that
 * were done, whose traces something came late of.
 */
function leadingSpans(job: Erasure): SQL {
  const meant = sql`${meantSpans(job)} and ${notErased}`;
  if (job.finishedAt === null) return meant;
  const left = (table: SQL): SQL =>
    sql`exists (select 1 from ${table} late where late.team_id = s.team_id and late.trace_id = s.trace_id
      and not coalesce(late.attributes ? ${ERASED}, false))`;
  return sql`(${meant} or (attributes ->> ${ERASED} = ${job.id} and (${left(sql`spans`)} or ${left(sql`logs`)})))`;
}

/** Traces of which something is left, and a span in this hour leads to it. */
async function findTraces(tx: Tx, job: Erasure, from: number): Promise<SQL | null> {
  const rows = await tx.execute<{ trace: string }>(sql`
    select distinct encode(trace_id, 'hex') as trace from spans s
    where team_id = ${job.teamId} and end_at >= ${instant(from)} and end_at < ${instant(from + HOUR_MS)}
      and ${leadingSpans(job)} limit ${MAX_TRACES}`);
  if (rows.length === 0) return null;
  return sql`trace_id in (${sql.join(
    [...rows].map(({ trace }) => sql`decode(${trace}, 'hex')`),
    sql`, `,
  )})`;
}

/** Erases a batch of this hour; nothing left gives zeros. Logs of a trace go first, so that none is left behind. */
async function eraseBatch(tx: Tx, job: Erasure, from: number): Promise<{ spans: number; logs: number }> {
  const inHour = (column: SQL) =>
    sql`${column} >= ${instant(from)} and ${column} < ${instant(from + HOUR_MS)}`;
  const own = await stripLogs(tx, job, sql`${inHour(sql`at`)} and ${meantLogs(job)}`);
  if (own > 0) return { spans: 0, logs: own };
  if (job.kind === 'agent') {
    const spans = await stripSpans(tx, job, sql`${inHour(sql`end_at`)} and ${meantSpans(job)}`);
    return { spans, logs: 0 };
  }
  const traces = await findTraces(tx, job, from);
  if (traces === null) return { spans: 0, logs: 0 };
  const logs = await stripLogs(tx, job, traces);
  if (logs > 0) return { spans: 0, logs };
  return { spans: await stripSpans(tx, job, traces), logs: 0 };
}

/** Who writes what about an erasure into the ledger. */
function written({ id, teamId }: Erasure) {
  const origin = { ip: null, userAgent: null, requestId: 'content.erase' };
  const actor: SystemActor = { kind: 'system', name: 'worker', teamId, grants: [], origin };
  return { actor, action: 'content.erase', target: { kind: 'erasure', id } };
}

/** Whether who asked for an erasure may still do so now (security Z13). */
async function mayStillErase(tx: Tx, { teamId, requestedById }: Erasure): Promise<boolean> {
  if (requestedById === null) return true;
  const [person] = await tx.select({ status: users.status }).from(users).where(eq(users.id, requestedById));
  const grants = await grantsOf(tx, requestedById);
  return person?.status === 'active' && grants.permissionsIn(teamId).has('content:erase');
}

/** Ends an erasure whose author has lost the right meanwhile, and says so in the ledger with what was done until then. */
async function stop(tx: Tx, job: Erasure, now: Date): Promise<number> {
  const forgotten = job.kind === 'agent' ? {} : { criterion: null };
  await tx
    .update(contentErasures)
    .set({ status: 'stopped', ...forgotten })
    .where(eq(contentErasures.id, job.id));
  const { kind, label, requestedBy, spans, logs } = job;
  const after = { kind, of: label, requestedBy, spans, logs };
  const reason = 'Who asked for it may no longer erase content.';
  await recordAudit(tx, { ...written(job), outcome: 'denied', reason, after }, now);
  return 1;
}

/** The hour of the first row that the team has; the end of the walk when it has none. */
async function firstHour(tx: Tx, { teamId, endAt }: Erasure): Promise<number> {
  const [row] = await tx.execute<{ ms: number | null }>(sql`
    select (extract(epoch from least(
             (select min(end_at) from spans where team_id = ${teamId}),
             (select min(at) from logs where team_id = ${teamId}))) * 1000)::float8 as ms`);
  return Math.floor((row?.ms ?? endAt.getTime()) / HOUR_MS) * HOUR_MS;
}

/** When an erasure is walked again for what arrives late; null after the last time. */
function nextWalk({ createdAt, dueAt, finishedAt }: Erasure, now: Date): Date | null {
  const times = AGAIN_AFTER_MS.map((ms) => createdAt.getTime() + ms);
  const isLast = finishedAt !== null && dueAt.getTime() >= Math.max(...times);
  if (isLast) return null;
  return new Date(times.find((time) => time > now.getTime()) ?? Math.max(...times, now.getTime()));
}

/**
 * Ends a walk: what was asked for is erased, and the ledger says so. Later ones look for what arrived since; after the
 * last of them the row is left without what it was about.
 */
async function finish(tx: Tx, job: Erasure, done: { spans: number; logs: number }, now: Date): Promise<void> {
  const dueAt = nextWalk(job, now);
  const last = { status: 'done' as const, ...(job.kind === 'agent' ? {} : { criterion: null }) };
  await tx
    .update(contentErasures)
    .set({
      ...done,
      finishedAt: job.finishedAt ?? now,
      ...(dueAt ? { status: 'watching' as const, dueAt, startAt: null, position: null } : last),
    })
    .where(eq(contentErasures.id, job.id));
  // Of later walks the ledger tells the last one: what the erasure came to in the end.
  if (job.finishedAt !== null && dueAt !== null) return;
  const after = {
    ...{ kind: job.kind, of: job.label, requestedBy: job.requestedBy, ...done },
    ...(job.finishedAt !== null && { withLateArrivals: true }),
  };
  await recordAudit(tx, { ...written(job), outcome: 'ok', after }, now);
}

/** Walks on from where the last transaction stopped, until it has erased a batch or walked far enough. */
async function walk(tx: Tx, job: Erasure, now: Date): Promise<number> {
  const start = job.startAt?.getTime() ?? (await firstHour(tx, job));
  let position = job.position?.getTime() ?? start;
  for (let hours = 0; hours < MAX_HOURS && position < job.endAt.getTime(); hours++) {
    const { spans, logs } = await eraseBatch(tx, job, position);
    if (spans + logs > 0) {
      const done = { spans: job.spans + spans, logs: job.logs + logs };
      await advance(tx, job.id, start, position, done);
      return spans + logs;
    }
    position += HOUR_MS;
  }
  const done = { spans: job.spans, logs: job.logs };
  if (position >= job.endAt.getTime()) await finish(tx, job, done, now);
  else await advance(tx, job.id, start, position, done);
  return 1;
}

async function advance(
  tx: Tx,
  id: string,
  start: number,
  position: number,
  done: { spans: number; logs: number },
): Promise<void> {
  const at = { startAt: new Date(start), position: new Date(position) };
  await tx
    .update(contentErasures)
    .set({
      ...at,
      ...done,
      status: sql`case when ${contentErasures.finishedAt} is null then 'running' else 'watching' end`,
    })
    .where(eq(contentErasures.id, id));
}

/**
 * Does the next piece of the oldest erasure in one transaction: rows and how far it is are kept together or not at all,
 * so that a worker that was killed is followed by one that goes on where it was. Each piece asks anew whether who asked
 * for the erasure still may.
 *
 * @returns how much was done; 0 when there is nothing to erase now
 */
export async function eraseNextBatch(db: Db, nowMs: number): Promise<number> {
  return db.transaction(async (tx) => {
    const [job] = await tx
      .select()
      .from(contentErasures)
      .where(
        and(
          notInArray(contentErasures.status, ['done', 'stopped']),
          lte(contentErasures.dueAt, new Date(nowMs)),
        ),
      )
      .orderBy(asc(contentErasures.dueAt))
      .limit(1)
      .for('update', { skipLocked: true });
    if (!job) return 0;
    const now = new Date(nowMs);
    return (await mayStillErase(tx, job)) ? walk(tx, job, now) : stop(tx, job, now);
  });
}
