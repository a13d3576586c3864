import { type SQL, sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import type { RunSample, VersionSample } from '#lib/model/gate.ts';
import { type SampledSpan, sampleOfRun } from './run-sample.ts';
import { runTree } from './run-tree.ts';

/** Runs of one version that are judged; of more, as many are drawn with the same chance for each. */
const MOST_RUNS = 2000;
/** Runs of an agent that are looked at: the newest of a window, whatever their version. */
const MOST_SEEN = 200_000;
/** Spans below the drawn runs that are read; runs that do not fit are not judged. */
const MOST_SPANS = 200_000;
/** Runs whose spans are read at once. */
const BATCH = 250;
/** A trace may begin so long before its run ends, and end so long after. */
const BEFORE_MS = 3_600_000;
const AFTER_MS = 3_600_000;

/** The runs of one version of an agent; times are Unix milliseconds, `to` excluded. */
export interface VersionWindow {
  agentId: string;
  version: string;
  from: number;
  to: number;
}

/** Beside the sample, when the last of all its runs ended; null without one. */
export interface SampledVersion extends VersionSample {
  lastAt: number | null;
}

interface DrawnRun extends Record<string, unknown> {
  trace_id: string;
  span_id: string;
  start_ms: number;
  end_ms: number;
  duration_ms: number;
  is_error: boolean;
  total: number;
  last_ms: number;
}

const date = (ms: number): SQL => sql`${new Date(ms).toISOString()}::timestamptz`;

/** The version stands in the resource of a span, which is kept once for many; beyond a limit with the span itself. */
const versionOf = sql`coalesce(r.service_version, s.resource ->> 'service.version')`;

/** The newest runs of an agent in a stretch, with their versions: as many as are looked at at most. */
function newestRuns(teamId: string, { agentId, from, to }: Omit<VersionWindow, 'version'>): SQL {
  return sql`
    select s.trace_id, s.span_id, s.start_ns, s.end_ns, s.end_at, s.duration_ms, s.is_error, s.is_agent_run,
           s.team_id, s.resource_id, s.resource
    from spans s
    where s.team_id = ${teamId} and s.agent_id = ${agentId} and (s.is_agent_run or s.parent_span_id is null)
      and s.end_at >= ${date(from)} and s.end_at < ${date(to)}
    order by s.end_at desc limit ${MOST_SEEN}`;
}

const withResource = sql`s left join span_resources r on r.id = s.resource_id and r.team_id = s.team_id`;

/**
 * Runs of a window in an order that is as good as chance and always the same. An agent that has runs of its own is
 * judged by these, another by the roots of its traces.
 */
async function drawRuns(db: Reader, teamId: string, window: VersionWindow): Promise<DrawnRun[]> {
  const rows = await db.execute<DrawnRun>(sql`
    with seen as materialized (
      select s.trace_id, s.span_id, s.start_ns, s.end_ns, s.duration_ms, s.is_error, s.is_agent_run
      from (${newestRuns(teamId, window)}) ${withResource} where ${versionOf} = ${window.version}
    )
    select encode(trace_id, 'hex') as trace_id, encode(span_id, 'hex') as span_id,
           (start_ns / 1000000)::float8 as start_ms, (end_ns / 1000000)::float8 as end_ms, duration_ms, is_error,
           (count(*) over ())::int as total, (max(end_ns) over () / 1000000)::float8 as last_ms
    from seen where is_agent_run = (select bool_or(is_agent_run) from seen)
    order by md5(trace_id || span_id) limit ${MOST_RUNS}`);
  return [...rows];
}

async function spansBelow(
  db: Reader,
  teamId: string,
  runs: readonly DrawnRun[],
  limit: number,
): Promise<SampledSpan[]> {
  const traces = sql.join(
    [...new Set(runs.map((run) => run.trace_id))].map((id) => sql`decode(${id}, 'hex')`),
    sql`, `,
  );
  const from = Math.min(...runs.map((run) => run.start_ms)) - BEFORE_MS;
  const to = Math.max(...runs.map((run) => run.end_ms)) + AFTER_MS;
  const rows = await db.execute<Record<keyof SampledSpan, never>>(sql`
    select encode(s.trace_id, 'hex') as "traceId", encode(s.span_id, 'hex') as "spanId",
           encode(s.parent_span_id, 'hex') as "parentSpanId", s.is_error as "isError",
           s.operation in ('chat', 'generate_content', 'text_completion', 'embeddings') as "isModelCall",
           s.operation = 'execute_tool' as "isToolCall",
           case when s.input_tokens is null then null
                else (s.input_tokens + coalesce(s.output_tokens, 0))::float8 end as tokens,
           coalesce(s.cost_reported, s.cost_priced) as cost
    from spans s
    where s.trace_id in (${traces}) and s.team_id = ${teamId}
      and s.end_at >= ${date(from)} and s.end_at <= ${date(to)}
    limit ${limit}`);
  return [...rows] as unknown as SampledSpan[];
}

/**
 * What the telemetry of one version of an agent says of its runs in a window: at most {@link MOST_RUNS}, drawn by
 * chance where there were more. Runs come in a random order, so that what the limit on spans leaves out is by chance too.
 */
export async function sampleVersion(
  db: Reader,
  teamId: string,
  window: VersionWindow,
): Promise<SampledVersion> {
  const { version, from, to } = window;
  const drawn = await drawRuns(db, teamId, window);
  const runs: RunSample[] = [];
  let left = MOST_SPANS;
  for (let start = 0; start < drawn.length; start += BATCH) {
    const batch = drawn.slice(start, start + BATCH);
    const spans = await spansBelow(db, teamId, batch, left + 1);
    if (spans.length > left) break;
    left -= spans.length;
    const below = runTree(spans);
    for (const run of batch) {
      const facts = { durationMs: run.duration_ms, isError: run.is_error };
      runs.push(sampleOfRun(facts, below(run.trace_id, run.span_id)));
    }
  }
  return { version, from, to, total: drawn[0]?.total ?? 0, lastAt: drawn[0]?.last_ms ?? null, runs };
}

/** When the last run of a version in a stretch ended, as far back as runs are looked at; null without one. */
export async function lastRunOfVersion(
  db: Reader,
  teamId: string,
  window: VersionWindow,
): Promise<number | null> {
  const [row] = await db.execute<{ end_ms: number }>(sql`
    select (s.end_ns / 1000000)::float8 as end_ms
    from (${newestRuns(teamId, window)}) ${withResource} where ${versionOf} = ${window.version}
    order by s.end_at desc limit 1`);
  return row?.end_ms ?? null;
}
