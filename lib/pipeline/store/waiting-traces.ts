import type pg from 'pg';
import type { SpanRow } from './span-rows.ts';

/** How soon after it was stored a trace is looked at for the first time, milliseconds. */
const FIRST_LOOK_MS = 2000;

/**
 * Notes, in the transaction of spans, which traces lack spans that may name an agent or tell what counts. A trace that is
 * noted already is taken hold of, so that a worker that is about to forget it sees these spans first.
 */
export async function noteWaitingTraces(
  tx: pg.ClientBase,
  spans: readonly SpanRow[],
  nowMs: number,
): Promise<void> {
  const traces = new Map<string, SpanRow>();
  for (const row of spans) {
    if (row.span.awaitsOwner || row.span.awaitsTrace) traces.set(`${row.teamId} ${row.span.traceId}`, row);
  }
  if (traces.size === 0) return;
  const rows = [...traces.values()];
  await tx.query({
    name: 'note-waiting-traces',
    text: `insert into waiting_traces as w (team_id, trace_id, since, next_at)
           select t.team_id, t.trace_id, $3, $4 from unnest($1::uuid[], $2::bytea[]) as t (team_id, trace_id)
           order by 1, 2
           on conflict (team_id, trace_id) do update
             set since = excluded.since, next_at = least(w.next_at, excluded.next_at)`,
    values: [
      rows.map((row) => row.teamId),
      rows.map((row) => Buffer.from(row.span.traceId, 'hex')),
      new Date(nowMs),
      new Date(nowMs + FIRST_LOOK_MS),
    ],
  });
}
