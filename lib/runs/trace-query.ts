import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineQuery } from '#lib/command/define-query.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { type RunSpanView, type RunTrace, TRACE_ID } from '#lib/model/run.ts';
import { ERASED, isContentKey, isContentOfEvent } from '#lib/telemetry/stored-content.ts';

/** Spans of one run that are shown. */
const MAX_SPANS = 2000;

interface SpanRow extends Record<string, unknown> {
  span_id: string;
  parent_span_id: string | null;
  name: string;
  operation: string;
  agent_name: string | null;
  start_ns: string;
  duration_ms: number;
  is_error: boolean;
  is_soft_failure: boolean;
  error_type: string | null;
  keys: string[] | null;
  events: { name: string; keys: string[] | null }[] | null;
}

function spanView(row: SpanRow): RunSpanView {
  const inEvents = (row.events ?? []).some(({ name, keys }) =>
    (keys ?? []).some((key) => isContentOfEvent(name, key)),
  );
  return {
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    name: row.name,
    operation: row.operation,
    agentName: row.agent_name ?? '',
    startedAt: Number(BigInt(row.start_ns) / 1000n) / 1000,
    durationMs: row.duration_ms,
    status: row.is_error ? 'error' : row.is_soft_failure ? 'degraded' : 'ok',
    errorType: row.error_type,
    hasContent: inEvents || (row.keys ?? []).some(isContentKey),
    isErased: row.keys?.includes(ERASED) ?? false,
  };
}

/** The spans of one trace, without what was said in them; of that only whether there is any. */
export const getRunTrace = defineQuery({
  name: 'runs.trace',
  permission: 'runs:read',
  input: z.strictObject({ traceId: z.string().regex(TRACE_ID, 'This is no trace id.') }),
  async run({ input: { traceId }, actor, db }): Promise<RunTrace> {
    const rows = await db.execute<SpanRow>(sql`
      select encode(s.span_id, 'hex') as span_id, encode(s.parent_span_id, 'hex') as parent_span_id, s.name,
             s.operation, a.name as agent_name, s.start_ns::text, s.duration_ms, s.is_error, s.is_soft_failure,
             s.error_type,
             (select jsonb_agg(k) from jsonb_object_keys(s.attributes) k) as keys,
             (select jsonb_agg(jsonb_build_object('name', e ->> 'name', 'keys',
                       (select jsonb_agg(k) from jsonb_object_keys(e -> 'attributes') k)))
              from jsonb_array_elements(s.events) e) as events
      from spans s left join agents a on a.id = s.agent_id
      where s.trace_id = decode(${traceId}, 'hex') and s.team_id = ${actor.teamId}
      order by s.start_ns, s.span_id limit ${MAX_SPANS + 1}`);
    if (rows.length === 0) throw new AppError('not_found', 'There is no such run.');
    const spans = [...rows].slice(0, MAX_SPANS).map(spanView);
    return { traceId, spans, truncated: rows.length > MAX_SPANS };
  },
});
