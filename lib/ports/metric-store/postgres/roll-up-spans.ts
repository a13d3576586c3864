import type pg from 'pg';
import { type Operation, OWNER_PATIENCE_MS } from '#lib/model/telemetry.ts';
import {
  addSpan,
  type CountedSpan,
  emptyOperationTotals,
  type OperationTotals,
  operationKey,
} from '../operation-totals.ts';
import type { OperationOwner, OperationSeries } from './operation-series.ts';
import { number, numberOrNull, rawRows, type Text } from './raw-query.ts';

/** A window and the teams of which something changed in it. Times are Unix milliseconds. */
export interface DirtyWindow {
  startMs: number;
  endMs: number;
  teamIds: readonly string[];
}

/** The last column: whether a span still waits for the ancestor that names its agent (waiting_traces). */
const SPANS_OF_WINDOW = `
  select team_id, agent_id, operation, is_agent_run, is_error, is_soft_failure, duration_ms, provider,
         coalesce(response_model, request_model), input_tokens, output_tokens, cache_read_tokens,
         cache_write_tokens, reasoning_tokens, coalesce(cost_reported, cost_priced),
         owner_source in ('service', 'langgraph') and exists (
           select from waiting_traces w
           where w.team_id = spans.team_id and w.trace_id = spans.trace_id and w.since > $4)
  from spans where team_id = any($1::uuid[]) and end_at >= $2 and end_at < $3`;

function countedSpan(row: readonly Text[]): CountedSpan {
  return {
    operation: row[2] as Operation,
    isAgentRun: row[3] === 't',
    isError: row[4] === 't',
    isSoftFailure: row[5] === 't',
    durationMs: number(row[6]),
    provider: row[7] ?? null,
    model: row[8] ?? null,
    usage:
      row[9] === null
        ? null
        : {
            input: number(row[9]),
            output: number(row[10]),
            cacheRead: number(row[11]),
            cacheWrite: number(row[12]),
            reasoning: number(row[13]),
          },
    cost: numberOrNull(row[14]),
  };
}

/**
 * Counts the spans that ended in a window: totals by series of `operation_series`, agents and teams. A span whose
 * agent may yet be named counts for its team alone; whoever settles that marks the window again.
 */
export async function totalSpans(
  tx: pg.ClientBase,
  series: OperationSeries,
  window: DirtyWindow,
  nowMs: number,
): Promise<Map<number, OperationTotals>> {
  const groups = new Map<string, { owner: OperationOwner; totals: OperationTotals }>();
  function group(owner: OperationOwner): OperationTotals {
    const { key } = owner;
    const name = `${owner.teamId}${owner.agentId}${key.class} ${key.operation}\0${key.provider}\0${key.model}`;
    let found = groups.get(name);
    if (!found) {
      found = { owner, totals: emptyOperationTotals() };
      groups.set(name, found);
    }
    return found.totals;
  }
  const rows = await rawRows(tx, SPANS_OF_WINDOW, [
    window.teamIds,
    new Date(window.startMs),
    new Date(window.endMs),
    new Date(nowMs - OWNER_PATIENCE_MS),
  ]);
  for (const row of rows) {
    const span = countedSpan(row);
    const key = operationKey(span);
    const teamId = row[0] ?? '';
    const waits = row[15] === 't';
    if (!waits) addSpan(group({ teamId, agentId: row[1] ?? '', key }), span);
    addSpan(group({ teamId, agentId: null, key }), span);
  }
  const found = [...groups.values()];
  const ids = await series.resolve(found.map(({ owner }) => owner));
  const totals = new Map<number, OperationTotals>();
  found.forEach((entry, i) => {
    const id = ids[i];
    if (id !== null && id !== undefined) totals.set(id, entry.totals);
  });
  return totals;
}
