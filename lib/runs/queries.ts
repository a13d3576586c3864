/**
 * Runs: what agents did, request by request. Read from the spans that ingest stores; nothing here writes.
 */
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Reader } from '#db/client.ts';
import { defineQuery } from '#lib/command/define-query.ts';
import type { RunPage, RunRow } from '#lib/model/run.ts';
import { momentMs } from '#lib/model/time-schema.ts';
import { decodeCursor, encodeCursor } from './run-cursor.ts';
import { type RunUsage, type UsageSpan, usageOfRuns } from './run-usage.ts';

/** Spans that one page looks at to add up its runs; a longer run shows what was read of it. */
const MAX_SPANS = 20_000;
/** How far a list looks back, where the question gives no start. */
const DEFAULT_RANGE_MS = 14 * 86_400_000;

const listInput = z
  .strictObject({
    agentId: z.uuid().optional(),
    status: z.enum(['error']).optional(),
    /** Unix milliseconds; runs that ended in the range. */
    from: momentMs.optional(),
    to: momentMs.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().max(100).optional(),
  })
  .readonly();

interface RunSpan extends Record<string, unknown> {
  trace_id: string;
  span_id: string;
  agent_id: string;
  agent_name: string;
  name: string;
  is_root: boolean;
  start_ns: string;
  end_ns: string;
  duration_ms: number;
  is_error: boolean;
  is_soft_failure: boolean;
  error_type: string | null;
  status_message: string | null;
  conversation_id: string | null;
}

const date = (ms: number): SQL => sql`${new Date(ms).toISOString()}::timestamptz`;
const msOfNs = (ns: string): number => Number(BigInt(ns) / 1000n) / 1000;

function below(cursor: string | undefined): SQL {
  if (cursor === undefined) return sql`true`;
  const { endNs, spanId } = decodeCursor(cursor);
  const endAt = date(Math.ceil(msOfNs(endNs)));
  return sql`(s.end_at <= ${endAt} and (s.end_ns, s.span_id) < (${endNs}::bigint, decode(${spanId}, 'hex')))`;
}

async function findRuns(
  db: Reader,
  teamId: string,
  input: z.output<typeof listInput>,
  nowMs: number,
): Promise<RunSpan[]> {
  const from = input.from ?? nowMs - DEFAULT_RANGE_MS;
  const rows = await db.execute<RunSpan>(sql`
    select encode(s.trace_id, 'hex') as trace_id, encode(s.span_id, 'hex') as span_id, s.agent_id,
           a.name as agent_name, s.name, s.parent_span_id is null as is_root, s.start_ns::text, s.end_ns::text,
           s.duration_ms, s.is_error, s.is_soft_failure, s.error_type, s.status_message, s.conversation_id
    from spans s join agents a on a.id = s.agent_id
    where s.team_id = ${teamId} and (s.is_agent_run or s.parent_span_id is null)
      and s.end_at >= ${date(from)} and s.end_at < ${date(input.to ?? nowMs + 3_600_000)}
      and ${input.agentId === undefined ? sql`true` : sql`s.agent_id = ${input.agentId}`}
      and ${input.status === 'error' ? sql`s.is_error` : sql`true`}
      and ${below(input.cursor)}
    order by s.end_at desc, s.end_ns desc, s.span_id desc limit ${input.limit + 1}`);
  return [...rows];
}

/** The spans of the traces that the runs are part of, around the time of the runs. */
async function findUsage(db: Reader, teamId: string, runs: readonly RunSpan[]): Promise<UsageSpan[]> {
  if (runs.length === 0) return [];
  const starts = runs.map((run) => msOfNs(run.start_ns));
  const ends = runs.map((run) => msOfNs(run.end_ns));
  const traceIds = sql.join(
    [...new Set(runs.map((run) => run.trace_id))].map((id) => sql`decode(${id}, 'hex')`),
    sql`, `,
  );
  const rows = await db.execute<Record<keyof UsageSpan, never>>(sql`
    select encode(s.trace_id, 'hex') as "traceId", encode(s.span_id, 'hex') as "spanId",
           encode(s.parent_span_id, 'hex') as "parentSpanId",
           s.operation in ('chat', 'generate_content', 'text_completion', 'embeddings') as "isModelCall",
           s.operation = 'execute_tool' as "isToolCall",
           coalesce(s.input_tokens, 0)::float8 as "inputTokens", coalesce(s.output_tokens, 0)::float8 as "outputTokens",
           s.input_tokens is not null as "hasUsage", coalesce(s.cost_reported, s.cost_priced) as cost
    from spans s
    where s.trace_id in (${traceIds}) and s.team_id = ${teamId}
      and s.end_at >= ${date(Math.min(...starts) - 60_000)} and s.end_at <= ${date(Math.max(...ends) + 3_600_000)}
    limit ${MAX_SPANS}`);
  return [...rows] as unknown as UsageSpan[];
}

function runRow(run: RunSpan, usage: RunUsage): RunRow {
  return {
    traceId: run.trace_id,
    spanId: run.span_id,
    agentId: run.agent_id,
    agentName: run.agent_name,
    name: run.name,
    isRoot: run.is_root,
    startedAt: msOfNs(run.start_ns),
    endedAt: msOfNs(run.end_ns),
    durationMs: run.duration_ms,
    status: run.is_error ? 'error' : run.is_soft_failure ? 'degraded' : 'ok',
    errorType: run.error_type,
    errorMessage: run.status_message,
    ...usage,
    conversationId: run.conversation_id,
  };
}

/** The runs of an agent, or of the team, the latest first. */
export const listRuns = defineQuery({
  name: 'runs.list',
  permission: 'runs:read',
  input: listInput,
  async run({ input, actor, db, now }): Promise<RunPage> {
    const found = await findRuns(db, actor.teamId, input, now.getTime());
    const runs = found.slice(0, input.limit);
    const usageOf = usageOfRuns(await findUsage(db, actor.teamId, runs));
    const last = runs.at(-1);
    return {
      runs: runs.map((run) => runRow(run, usageOf(run.trace_id, run.span_id))),
      nextCursor:
        found.length > input.limit && last
          ? encodeCursor({ endNs: last.end_ns, spanId: last.span_id })
          : null,
    };
  },
});
