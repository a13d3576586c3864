import { and, eq, gt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Reader } from '#db/client.ts';
import { auditLog } from '#db/schema/audit.ts';
import type { Actor } from '#lib/access/actor.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { ContentPart, RunContent } from '#lib/model/content.ts';
import { TRACE_ID } from '#lib/model/run.ts';
import { isContentKey, isContentOfEvent } from '#lib/telemetry/stored-content.ts';

const ACTION = 'content.read';
/** Looks of one person at one run within this time are one row of the ledger. */
const ONE_LOOK_MS = 10 * 60_000;
const MAX_ROWS = 500;
/** Characters of one answer, all spans and logs together. */
const MAX_CHARACTERS = 1_000_000;

type Attributes = Record<string, unknown> | null;

interface SpanRow extends Record<string, unknown> {
  span_id: string;
  name: string;
  operation: string;
  start_ms: number;
  attributes: Attributes;
  events: { name: string; attributes: Attributes }[] | null;
}

interface LogRow extends Record<string, unknown> {
  at_ms: number;
  span_id: string | null;
  body: string;
  attributes: Attributes;
}

/** Writes down who looked at which run. What can't be written down is not shown. */
async function recordLook(db: Db, actor: Actor, traceId: string, now: Date): Promise<void> {
  const actorId = actor.kind === 'user' ? actor.userId : actor.kind === 'key' ? actor.keyId : actor.name;
  await db.transaction(async (tx) => {
    const lock = `content look ${actor.teamId} ${actorId} ${traceId}`;
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`);
    const [recent] = await tx
      .select({ seq: auditLog.seq })
      .from(auditLog)
      .where(
        and(
          ...[eq(auditLog.teamId, actor.teamId), eq(auditLog.targetKind, 'run')],
          ...[eq(auditLog.targetId, traceId), eq(auditLog.action, ACTION), eq(auditLog.actorId, actorId)],
          gt(auditLog.at, new Date(now.getTime() - ONE_LOOK_MS)),
        ),
      )
      .limit(1);
    if (recent) return;
    const target = { kind: 'run', id: traceId };
    await recordAudit(tx, { actor, action: ACTION, target, outcome: 'ok' }, now);
  });
}

function partsOf(attributes: Attributes, isContent: (key: string) => boolean, prefix = ''): ContentPart[] {
  return Object.entries(attributes ?? {})
    .filter(([key]) => isContent(key))
    .map(([key, value]) => ({
      name: `${prefix}${key}`,
      text: typeof value === 'string' ? value : JSON.stringify(value),
    }));
}

function spanParts({ attributes, events }: SpanRow): ContentPart[] {
  const inEvents = (events ?? []).flatMap((event) =>
    partsOf(event.attributes, (key) => isContentOfEvent(event.name, key), `${event.name} `),
  );
  return [...partsOf(attributes, isContentKey), ...inEvents];
}

function logParts({ body, attributes }: LogRow): ContentPart[] {
  const name = String(attributes?.['event.name'] ?? '');
  const said = body === '' ? [] : [{ name: name || 'log', text: body }];
  return [...said, ...partsOf(attributes, (key) => isContentOfEvent(name, key))];
}

async function findSpans(db: Reader, teamId: string, traceId: string): Promise<SpanRow[]> {
  const rows = await db.execute<SpanRow>(sql`
    select encode(span_id, 'hex') as span_id, name, operation, (start_ns / 1000)::float8 / 1000 as start_ms,
           attributes, events
    from spans where trace_id = decode(${traceId}, 'hex') and team_id = ${teamId}
    order by start_ns, span_id limit ${MAX_ROWS + 1}`);
  return [...rows];
}

async function findLogs(db: Reader, teamId: string, traceId: string): Promise<LogRow[]> {
  const rows = await db.execute<LogRow>(sql`
    select (time_ns / 1000)::float8 / 1000 as at_ms, encode(span_id, 'hex') as span_id, body, attributes
    from logs where trace_id = decode(${traceId}, 'hex') and team_id = ${teamId}
    order by time_ns limit ${MAX_ROWS + 1}`);
  return [...rows];
}

/** Lets parts through until the answer is full. */
function createBudget() {
  let left = MAX_CHARACTERS;
  const budget = {
    isFull: false,
    take(parts: ContentPart[]): ContentPart[] {
      return parts.filter(({ text }) => {
        left -= text.length;
        budget.isFull ||= left < 0;
        return left >= 0;
      });
    },
  };
  return budget;
}

/**
 * What was said in a run. Each look is written down before anything is shown: who, and at which run; looks of one
 * person at one run within ten minutes are one.
 *
 * @throws AppError `not_found` when the team has no such run
 */
export const readRunContent = defineQuery({
  name: 'content.read',
  permission: 'content:read',
  input: z.strictObject({ traceId: z.string().regex(TRACE_ID, 'This is no trace id.') }),
  async run({ input: { traceId }, actor, db, now }): Promise<RunContent> {
    const [known] = await db.execute(
      sql`select 1 from spans where trace_id = decode(${traceId}, 'hex') and team_id = ${actor.teamId} limit 1`,
    );
    if (!known) throw new AppError('not_found', 'There is no such run.');
    await recordLook(db, actor, traceId, now);
    const [spans, logs] = [
      await findSpans(db, actor.teamId, traceId),
      await findLogs(db, actor.teamId, traceId),
    ];
    const budget = createBudget();
    const said = spans.slice(0, MAX_ROWS).map((row) => ({
      ...{ spanId: row.span_id, name: row.name, operation: row.operation, startedAt: row.start_ms },
      parts: budget.take(spanParts(row)),
    }));
    const logged = logs.slice(0, MAX_ROWS).map((row) => ({
      ...{ at: row.at_ms, spanId: row.span_id },
      parts: budget.take(logParts(row)),
    }));
    return {
      traceId,
      spans: said.filter(({ parts }) => parts.length > 0),
      logs: logged.filter(({ parts }) => parts.length > 0),
      truncated: budget.isFull || spans.length > MAX_ROWS || logs.length > MAX_ROWS,
    };
  },
});
