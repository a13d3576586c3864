import type pg from 'pg';
import type { HandOff } from '#lib/model/telemetry.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';

/** A stored span and the agent that it belongs to after all. */
export interface SpanMove {
  /** Hex digits. */
  traceId: string;
  spanId: string;
  /** End of the span, Unix milliseconds: finds its row. */
  endMs: number;
  agentId: string;
  /** Set where not the agent is new but the one that handed over to it. */
  handOff: HandOff | null;
}

/**
 * Moves spans of one team to their agents and marks their windows to be rolled up again, in the caller's
 * transaction.
 *
 * @returns trace and span ids, one after the other, of those that are in the store
 */
export async function moveSpans(
  tx: pg.ClientBase,
  metricStore: Pick<MetricStore<pg.ClientBase>, 'markChanged'>,
  teamId: string,
  moves: readonly SpanMove[],
): Promise<Set<string>> {
  if (moves.length === 0) return new Set();
  const endsMs = moves.map((move) => move.endMs);
  const moved = await tx.query<{ id: string }>(
    `update spans s
     set agent_id = m.agent_id,
         owner_source = case when m.hand_off_from is null then 'ancestor' else s.owner_source end,
         hand_off_from = coalesce(s.hand_off_from, m.hand_off_from),
         hand_off_to = coalesce(s.hand_off_to, m.hand_off_to),
         hand_off_mode = coalesce(s.hand_off_mode, m.hand_off_mode)
     from unnest($2::bytea[], $3::bytea[], $4::uuid[], $5::text[], $6::text[], $7::text[])
          as m (trace_id, span_id, agent_id, hand_off_from, hand_off_to, hand_off_mode)
     where s.team_id = $1 and s.trace_id = m.trace_id and s.span_id = m.span_id
       and s.end_at between $8 and $9
     returning encode(s.trace_id, 'hex') || encode(s.span_id, 'hex') as id`,
    [
      teamId,
      moves.map((move) => Buffer.from(move.traceId, 'hex')),
      moves.map((move) => Buffer.from(move.spanId, 'hex')),
      moves.map((move) => move.agentId),
      moves.map((move) => move.handOff?.fromAgent ?? null),
      moves.map((move) => move.handOff?.toAgent ?? null),
      moves.map((move) => move.handOff?.mode ?? null),
      new Date(Math.min(...endsMs) - 1),
      new Date(Math.max(...endsMs) + 1),
    ],
  );
  await metricStore.markChanged(tx, [{ teamId, timesMs: endsMs }]);
  return new Set(moved.rows.map((row) => row.id));
}
