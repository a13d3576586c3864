import type pg from 'pg';
import { AppError } from '#lib/kernel/errors.ts';
import {
  METRIC_MEASURES,
  type MetricMeasure,
  type MetricQuery,
  OPERATION_MEASURES,
  type OperationMeasure,
  type RollupLevel,
} from '#lib/model/metric.ts';
import type { MetricKind } from '#lib/model/telemetry.ts';
import {
  type AggregateMeasure,
  MEAN_DURATION,
  MEAN_OBSERVATION,
  type Measure,
  metricMeasure,
  OPERATION_MEASURE,
} from '../measures.ts';
import type { OperationClass } from '../operation-totals.ts';

/** One line of an answer to be: the roll-up series that it is made of. */
export interface Group {
  key: string;
  label: string;
  seriesIds: number[];
}

/** Where the rows of a query lie. */
export interface Source {
  table(level: RollupLevel): string;
  /** Column with the number of observations of a row. */
  countColumn: 'calls' | 'count';
  /** Column with their distribution. */
  sketchColumn: 'durations' | 'sketch';
  measure: Measure;
  /** What groups are ordered by where only the first are shown: totals, or means where totals say nothing. */
  rankBy: AggregateMeasure;
  groups: Group[];
  estimatedFromBuckets: boolean;
}

interface SeriesRow {
  id: number;
  key: string;
  label: string;
}

/**
 * The environment that a query must be narrowed to, null for none. Roll-ups of a team know no environment:
 * a narrowed query adds up the series of the agents that are in it, unless all the team's agents are.
 */
async function narrowing(pool: pg.Pool, teamId: string, query: MetricQuery): Promise<string | null> {
  if (query.environment === undefined || query.agentId !== undefined || query.groupBy === 'agent')
    return query.environment ?? null;
  const others = await pool.query('select 1 from agents where team_id = $1 and environment <> $2 limit 1', [
    teamId,
    query.environment,
  ]);
  return others.rows.length === 0 ? null : query.environment;
}

function groupRows(rows: readonly SeriesRow[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { id, key, label } of rows) {
    const group = groups.get(key);
    if (group) group.seriesIds.push(id);
    else groups.set(key, { key, label, seriesIds: [id] });
  }
  return [...groups.values()];
}

/** Which spans a query counts: what it says, else what fits its measure and grouping; null means all. */
function classOf(query: MetricQuery): OperationClass | null {
  if (query.of) return query.of === 'agent' ? 'run' : query.of;
  if (/token|cost|unpriced/.test(query.measure)) return null;
  if (query.groupBy === 'operation') return null;
  return query.model !== undefined || query.groupBy === 'model' || query.groupBy === 'provider'
    ? 'model'
    : 'run';
}

function rankOf(measure: Measure, mean: AggregateMeasure): AggregateMeasure {
  return measure.kind === 'aggregate' && measure.combine !== 'later' ? measure : mean;
}

async function operationSource(pool: pg.Pool, teamId: string, query: MetricQuery): Promise<Source> {
  const measure = OPERATION_MEASURE[query.measure as OperationMeasure];
  const key = {
    none: `'total'`,
    agent: 's.agent_id::text',
    model: 's.model',
    operation: 's.operation',
    provider: 's.provider',
  }[query.groupBy];
  const environment = await narrowing(pool, teamId, query);
  const perAgent = query.agentId !== undefined || query.groupBy === 'agent' || environment !== null;
  const found = await pool.query<SeriesRow>(
    `select s.id, ${key} as key, ${query.groupBy === 'agent' ? 'a.name' : key} as label
     from operation_series s ${perAgent ? 'join agents a on a.id = s.agent_id' : ''}
     where s.team_id = $1 and s.agent_id is ${perAgent ? 'not null' : 'null'}
       and ($2::uuid is null or s.agent_id = $2) and ($3::text is null or s.class = $3)
       and ($4::text is null or s.model = $4)
       and ($5 or s.class = 'model' or s.model <> '')
       ${environment === null ? '' : 'and a.environment = $6'}`,
    [
      teamId,
      query.agentId ?? null,
      classOf(query),
      query.model ?? null,
      !['model', 'provider'].includes(query.groupBy),
      ...(environment === null ? [] : [environment]),
    ],
  );
  return {
    table: (level) => `rollup_operations_${level}`,
    countColumn: 'calls',
    sketchColumn: 'durations',
    measure,
    rankBy: rankOf(measure, MEAN_DURATION),
    groups: groupRows(found.rows),
    estimatedFromBuckets: false,
  };
}

/** The first of these attributes that a point has names its model, operation or provider. */
const GROUP_ATTRIBUTES = {
  model: ['gen_ai.request.model', 'gen_ai.response.model'],
  operation: ['gen_ai.operation.name'],
  provider: ['gen_ai.provider.name', 'gen_ai.system'],
} as const;

function attribute(of: keyof typeof GROUP_ATTRIBUTES): string {
  const values = GROUP_ATTRIBUTES[of].map((name) => `s.attributes ->> '${name}'`);
  return `coalesce(${[...values, `''`].join(', ')})`;
}

async function metricSource(pool: pg.Pool, teamId: string, query: MetricQuery): Promise<Source> {
  const key =
    query.groupBy === 'none'
      ? `'total'`
      : query.groupBy === 'agent'
        ? 's.agent_id::text'
        : attribute(query.groupBy);
  const environment = await narrowing(pool, teamId, query);
  const perAgent = query.agentId !== undefined || query.groupBy === 'agent' || environment !== null;
  const found = await pool.query<SeriesRow & { kind: MetricKind }>(
    `select s.id, s.kind, ${key} as key, ${query.groupBy === 'agent' ? 'a.name' : key} as label
     from series s ${perAgent ? 'join agents a on a.id = s.agent_id' : ''}
     where s.team_id = $1 and s.metric = $2 and s.scope = $3 and ($4::uuid is null or s.agent_id = $4)
       and ($5::text is null or ${attribute('model')} = $5)
       ${environment === null ? '' : 'and a.environment = $6'}
     order by s.id`,
    [
      teamId,
      query.metric,
      perAgent ? 'agent' : 'team',
      query.agentId ?? null,
      query.model ?? null,
      ...(environment === null ? [] : [environment]),
    ],
  );
  const kind = found.rows[0]?.kind ?? 'gauge';
  const measure = metricMeasure(query.measure as MetricMeasure, kind);
  return {
    table: (level) => `rollup_metrics_${level}`,
    countColumn: 'count',
    sketchColumn: 'sketch',
    measure,
    rankBy: rankOf(measure, MEAN_OBSERVATION),
    // One name may be sent as different kinds: they can't be added up, so the first one seen is shown.
    groups: groupRows(found.rows.filter((row) => row.kind === kind)),
    estimatedFromBuckets: measure.kind === 'quantile' && kind.endsWith('histogram'),
  };
}

/**
 * Finds the roll-up series that answer a query, grouped as it asks.
 *
 * @throws AppError `invalid` when the measure does not exist for what is asked
 */
export function findSource(pool: pg.Pool, teamId: string, query: MetricQuery): Promise<Source> {
  const ofSpans = query.metric === 'operations';
  const known: readonly string[] = ofSpans ? OPERATION_MEASURES : METRIC_MEASURES;
  if (!known.includes(query.measure)) {
    const message = `${query.metric} has no measure ${query.measure}; it has ${known.join(', ')}`;
    throw new AppError('invalid', message, { issues: [{ path: 'measure', message }] });
  }
  return ofSpans ? operationSource(pool, teamId, query) : metricSource(pool, teamId, query);
}
