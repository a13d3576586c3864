import type pg from 'pg';
import { type DiscoveredAgent, type MeantAgent, showAgents } from '#lib/agents/register-agents.ts';
import { OWNER_PATIENCE_MS } from '#lib/model/telemetry.ts';
import { moveSpans, type SpanMove } from '#lib/pipeline/store/span-moves.ts';
import { leaveOutRepeats, type RepeatingSpan } from '#lib/pipeline/store/span-repeats.ts';
import type { MetricStore } from '#lib/ports/metric-store/port.ts';
import { type CountingSpan, findRepeats } from './repeated-usage.ts';
import { findOwners, type StoredSpan } from './waiting-owners.ts';

/** Traces of one step. */
const WAITING_BATCH = 500;
/** Spans of one step, about 1 kB each: traces that would bring more are left to the next. */
const MOST_SPANS = 50_000;
/** The latest spans of a trace that are looked at: how much there is of one trace is up to its sender. */
const MOST_OF_TRACE = 20_000;
/** After this long nobody waits any more. */
const GIVE_UP_MS = 3_600_000;

export interface SettleTools {
  pool: pg.Pool;
  metricStore: Pick<MetricStore<pg.ClientBase>, 'markChanged'>;
  clock: { now(): number };
  /** Finds or makes agents of a team; null where its limit refused one. */
  register(teamId: string, agents: readonly DiscoveredAgent[]): Promise<readonly (string | null)[]>;
  /** Tells that an agent is there which was not shown before. */
  announce(teamId: string, agentId: string): void;
}

interface WaitingTrace {
  teamId: string;
  /** Hex digits. */
  traceId: string;
  sinceMs: number;
  /** For when it was put down to be looked at. */
  dueMs: number;
}

/** A stored span with all that is asked of it here. */
type WaitingSpan = StoredSpan & CountingSpan;

/**
 * Gives spans that were stored before their ancestors to the agents that those name, shows the services that no
 * ancestor spoke for, and lets usage count once that several processes took in. Repeated with growing pauses as
 * long as an ancestor is missing, at most for an hour; each batch is one transaction, so a worker that dies leaves it to the next.
 *
 * @returns traces that were looked at, and whether more may be due
 */
export async function settleWaitingTraces(tools: SettleTools): Promise<{ done: number; more: boolean }> {
  const shown: [teamId: string, agentId: string][] = [];
  const tx = await tools.pool.connect();
  let due: WaitingTrace[];
  let traces: WaitingTrace[];
  try {
    await tx.query('begin');
    due = await claim(tx, tools.clock.now());
    traces = await withinBounds(tx, due);
    for (const [teamId, ofTeam] of Map.groupBy(traces, (trace) => trace.teamId)) {
      for (const agentId of await settleTeam(tx, tools, teamId, ofTeam)) shown.push([teamId, agentId]);
    }
    await tx.query('commit');
  } catch (error) {
    await tx.query('rollback').catch(() => {});
    throw error;
  } finally {
    tx.release();
  }
  for (const [teamId, agentId] of shown) tools.announce(teamId, agentId);
  return { done: traces.length, more: due.length === WAITING_BATCH || traces.length < due.length };
}

async function claim(tx: pg.ClientBase, nowMs: number): Promise<WaitingTrace[]> {
  const due = await tx.query<{ team_id: string; trace_id: string; since: Date; next_at: Date }>(
    `select team_id, encode(trace_id, 'hex') as trace_id, since, next_at from waiting_traces
     where next_at <= $1 order by next_at limit $2 for update skip locked`,
    [new Date(nowMs), WAITING_BATCH],
  );
  return due.rows.map((row) => ({
    teamId: row.team_id,
    traceId: row.trace_id,
    sinceMs: row.since.getTime(),
    dueMs: row.next_at.getTime(),
  }));
}

/** As many of the traces as one step can hold the spans of; one at least. */
async function withinBounds(tx: pg.ClientBase, traces: readonly WaitingTrace[]): Promise<WaitingTrace[]> {
  const counted = await tx.query<{ spans: number }>(
    `select (select count(*)::int from (
               select from spans s where s.team_id = t.team_id and s.trace_id = t.trace_id limit ${MOST_OF_TRACE}) s) as spans
     from unnest($1::uuid[], $2::bytea[]) with ordinality as t (team_id, trace_id, position) order by t.position`,
    [traces.map((trace) => trace.teamId), traces.map((trace) => Buffer.from(trace.traceId, 'hex'))],
  );
  let spans = 0;
  return traces.filter((_, i) => {
    spans += counted.rows[i]?.spans ?? 0;
    return spans <= MOST_SPANS;
  });
}

/**
 * Roll-ups left spans of a trace out of their agents while it waited for less than {@link OWNER_PATIENCE_MS}. True
 * for the first look after that, however late it is: the look before was at half of the age that this one was due at.
 */
function mayHaveBeenLeftOut({ sinceMs, dueMs }: WaitingTrace): boolean {
  return dueMs - sinceMs < 2 * OWNER_PATIENCE_MS;
}

/** Settles what can be settled of one team's traces; gives the agents that are to be seen from now on. */
async function settleTeam(
  tx: pg.ClientBase,
  tools: SettleTools,
  teamId: string,
  traces: readonly WaitingTrace[],
): Promise<string[]> {
  const nowMs = tools.clock.now();
  const spans = Map.groupBy(await readSpans(tx, teamId, traces), (span) => span.traceId);
  const repeating: RepeatingSpan[] = [];
  const moves: { span: StoredSpan; ancestor: StoredSpan }[] = [];
  const meant = new Map<string, MeantAgent>();
  const waiting: WaitingTrace[] = [];
  const counted: number[] = [];
  for (const trace of traces) {
    const ageMs = nowMs - trace.sinceMs;
    const ofTrace = spans.get(trace.traceId) ?? [];
    const { owned, settled, unsettled } = findOwners(ofTrace);
    const usage = findRepeats(ofTrace);
    moves.push(...owned);
    repeating.push(...usage.repeating);
    for (const span of ageMs < OWNER_PATIENCE_MS ? settled : [...settled, ...unsettled]) {
      if (mayHaveBeenLeftOut(trace)) counted.push(span.endMs);
      const heardMs = Math.max(span.endMs, meant.get(span.agentId)?.heardMs ?? 0);
      meant.set(span.agentId, { agentId: span.agentId, heardMs });
    }
    if ((unsettled.length > 0 || usage.isOpen) && ageMs < GIVE_UP_MS) waiting.push(trace);
  }
  await moveSpans(tx, tools.metricStore, teamId, await withTargets(tools, teamId, moves));
  await leaveOutRepeats(tx, tools.metricStore, teamId, repeating);
  if (counted.length > 0) await tools.metricStore.markChanged(tx, [{ teamId, timesMs: counted }]);
  await lookAgain(tx, teamId, traces, waiting, nowMs);
  return showAgents(tx, teamId, [...meant.values()]);
}

async function readSpans(
  tx: pg.ClientBase,
  teamId: string,
  traces: readonly WaitingTrace[],
): Promise<WaitingSpan[]> {
  const found = await tx.query<WaitingSpan>(
    `select encode(s.trace_id, 'hex') as "traceId", encode(s.span_id, 'hex') as "spanId",
            encode(s.parent_span_id, 'hex') as "parentSpanId", s.owner_source as "ownerSource",
            extract(epoch from s.end_at)::float8 * 1000 as "endMs",
            s.operation, coalesce(s.repeats, 0) as repeats, s.input_tokens is not null as "countsTokens",
            s.cost_reported is not null as "countsReportedCost",
            a.id as "agentId", a.environment, a.service_namespace as "serviceNamespace", a.name as "agentName"
     from unnest($2::bytea[]) as t (trace_id)
     cross join lateral (select * from spans where team_id = $1 and trace_id = t.trace_id
                         order by end_at desc limit ${MOST_OF_TRACE}) s
     join agents a on a.id = s.agent_id`,
    [teamId, traces.map((trace) => Buffer.from(trace.traceId, 'hex'))],
  );
  return found.rows;
}

/** An agent is one of its service's environment and namespace: that of the span, not that of the ancestor. */
async function withTargets(
  tools: SettleTools,
  teamId: string,
  moves: readonly { span: StoredSpan; ancestor: StoredSpan }[],
): Promise<SpanMove[]> {
  const agents = moves.map(({ span, ancestor }) => ({
    environment: span.environment,
    serviceNamespace: span.serviceNamespace,
    name: ancestor.agentName,
    version: null,
    convention: null,
  }));
  const ids = moves.length > 0 ? await tools.register(teamId, agents) : [];
  return moves.flatMap(({ span: { traceId, spanId, endMs } }, i) => {
    const agentId = ids[i] ?? null;
    return agentId === null ? [] : [{ traceId, spanId, endMs, agentId, handOff: null }];
  });
}

/** Looks again at what still waits once it has waited as long again, and forgets the rest. */
async function lookAgain(
  tx: pg.ClientBase,
  teamId: string,
  traces: readonly WaitingTrace[],
  waiting: readonly WaitingTrace[],
  nowMs: number,
): Promise<void> {
  const ids = (list: readonly WaitingTrace[]) => list.map(({ traceId }) => Buffer.from(traceId, 'hex'));
  const again = new Set(waiting);
  await tx.query('delete from waiting_traces where team_id = $1 and trace_id = any($2::bytea[])', [
    teamId,
    ids(traces.filter((trace) => !again.has(trace))),
  ]);
  await tx.query(
    `update waiting_traces set next_at = $3::timestamptz + greatest($3::timestamptz - since, interval '1 second')
     where team_id = $1 and trace_id = any($2::bytea[])`,
    [teamId, ids(waiting), new Date(nowMs)],
  );
}
