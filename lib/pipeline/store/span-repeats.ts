import type pg from 'pg';
import { REPEATS } from '#lib/model/telemetry.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';

/** A stored span that repeats others, which were not known when it was counted. */
export interface RepeatingSpan {
  /** Hex digits. */
  traceId: string;
  spanId: string;
  /** End of the span, Unix milliseconds: finds its row. */
  endMs: number;
  /** Sum of REPEATS. */
  repeats: number;
}

/**
 * Lets what repeats no longer count, and marks its windows to be rolled up again, in the caller's transaction.
 * What the sender reported stays among the attributes, as with spans that never counted. Doing it again changes
 * nothing.
 */
export async function leaveOutRepeats(
  tx: pg.ClientBase,
  metricStore: Pick<MetricStore<pg.ClientBase>, 'markChanged'>,
  teamId: string,
  spans: readonly RepeatingSpan[],
): Promise<void> {
  if (spans.length === 0) return;
  const endsMs = spans.map((span) => span.endMs);
  await tx.query(
    `update spans s
     set repeats = coalesce(s.repeats, 0) | r.repeats,
         operation = case when r.repeats & ${REPEATS.call} > 0 then 'step' else s.operation end,
         attributes = case when tokens and s.input_tokens is not null
           then coalesce(s.attributes, '{}') || jsonb_strip_nulls(jsonb_build_object(
             'gen_ai.usage.input_tokens', s.input_tokens,
             'gen_ai.usage.output_tokens', s.output_tokens,
             'gen_ai.usage.cache_read.input_tokens', nullif(s.cache_read_tokens, 0),
             'gen_ai.usage.cache_write.input_tokens', nullif(s.cache_write_tokens, 0),
             'gen_ai.usage.reasoning.output_tokens', nullif(s.reasoning_tokens, 0)))
           else s.attributes end,
         input_tokens = case when tokens then null else s.input_tokens end,
         output_tokens = case when tokens then null else s.output_tokens end,
         cache_read_tokens = case when tokens then null else s.cache_read_tokens end,
         cache_write_tokens = case when tokens then null else s.cache_write_tokens end,
         reasoning_tokens = case when tokens then null else s.reasoning_tokens end,
         cost_reported = case when cost then null else s.cost_reported end,
         cost_priced = case when cost then null else s.cost_priced end
     from unnest($2::bytea[], $3::bytea[], $4::smallint[]) as r (trace_id, span_id, repeats)
     cross join lateral (select r.repeats & ${REPEATS.tokens} > 0 as tokens, r.repeats & ${REPEATS.cost} > 0 as cost) w
     where s.team_id = $1 and s.trace_id = r.trace_id and s.span_id = r.span_id
       and s.end_at between $5 and $6`,
    [
      teamId,
      spans.map((span) => Buffer.from(span.traceId, 'hex')),
      spans.map((span) => Buffer.from(span.spanId, 'hex')),
      spans.map((span) => span.repeats),
      new Date(Math.min(...endsMs) - 1),
      new Date(Math.max(...endsMs) + 1),
    ],
  );
  await metricStore.markChanged(tx, [{ teamId, timesMs: endsMs }]);
}
