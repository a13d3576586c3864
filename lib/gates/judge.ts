/**
 * Gates: whether a version may stay, by what its own telemetry says. Statistics have a room of their own. This file
 * comes to a verdict: definition, samples and which look it is in; verdict and evidence out. Pure.
 */
import type {
  GateDefinition,
  GateEvidence,
  GateJudgement,
  GateSamples,
  GateVerdict,
  VersionSample,
} from '#lib/model/gate.ts';
import { type AskedOutcome, type CountedQuery, judgeQuery } from './judge-queries.ts';
import { missingOf, type Reading, readingOf } from './readings.ts';
import { levelOfLook } from './statistics/spending.ts';
import {
  leftOpen,
  noData,
  notEnough,
  shownFine,
  shownWorse,
  type Told,
  tooFewRuns,
  tookAllLooks,
} from './words.ts';

type MetricRow = GateDefinition['metrics'][number];

/** Evidence with what it counts for; null is left out. */
interface Counted<T = { reason: string }> {
  evidence: T;
  as: GateVerdict | null;
}

interface Look {
  /** Probability with which a limit of one metric may be wrong at this look. */
  level: number;
  isLast: boolean;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * The limits of the error rate are exact, so that it may fail early; the others are not looked at before there are
 * enough runs. Nothing passes on few (S-99).
 */
function weigh(told: Told, { passes }: GateDefinition, { isLast }: Look): [GateVerdict, reason: string] {
  const { candidate, baseline, limits, leastRuns } = told.reading;
  const hasEnough = Math.min(candidate.runs, baseline.runs) >= leastRuns;
  if (limits.low > told.margin && (hasEnough || told.metric === 'error_rate'))
    return ['fail', shownWorse(told)];
  if (!hasEnough) return ['inconclusive', notEnough(told)];
  if (limits.high <= told.margin) return ['pass', shownFine(told)];
  return [isLast && passes === 'unless_worse' ? 'pass' : 'inconclusive', leftOpen(told)];
}

function withoutData(row: MetricRow, samples: GateSamples, reading: Reading): Counted<GateEvidence> | null {
  const missing = missingOf(row.metric, samples);
  if (missing === null) return null;
  const { candidate, baseline } = reading;
  const isLeftOut = missing.isBesideThePoint || row.noData === 'ignore';
  return {
    evidence: {
      ...{ metric: row.metric, margin: row.margin, candidate, baseline, change: null, low: null, high: null },
      ...{ state: 'no_data', reason: noData(row.metric, missing, samples) },
    },
    as: isLeftOut ? null : row.noData === 'fail' ? 'fail' : 'inconclusive',
  };
}

function judgeMetric(
  row: MetricRow,
  gate: GateDefinition,
  samples: GateSamples,
  look: Look,
): Counted<GateEvidence> {
  const { metric, margin } = row;
  const { level } = look;
  const reading = readingOf(metric, samples, { level, minimumRuns: gate.minimumRuns });
  const blank = withoutData(row, samples, reading);
  if (blank) return blank;
  const told = { metric, margin, reading, samples, confidence: gate.confidence };
  const [as, reason] = weigh(told, gate, look);
  const { candidate, baseline, limits } = reading;
  const change = { change: limits.estimate, low: finite(limits.low), high: finite(limits.high) };
  return { evidence: { metric, margin, candidate, baseline, ...change, state: as, reason }, as };
}

/** A fail of any fails; a pass needs all that count, and at least one. */
function conclude(counted: readonly Counted[]): { verdict: GateVerdict; reason: string } {
  const because = (verdict: GateVerdict) =>
    counted.filter(({ as }) => as === verdict).map(({ evidence }) => evidence.reason);
  for (const verdict of ['fail', 'inconclusive'] as const) {
    const reasons = because(verdict);
    if (reasons.length > 0) return { verdict, reason: reasons.join(' ') };
  }
  return because('pass').length > 0
    ? { verdict: 'pass', reason: 'Nothing was shown to be worse than is allowed.' }
    : { verdict: 'inconclusive', reason: 'Nothing has data.' };
}

function afterEnoughRuns(
  query: CountedQuery,
  gate: GateDefinition,
  { candidate }: GateSamples,
): CountedQuery {
  if (query.as !== 'pass' || candidate.total >= gate.minimumRuns) return query;
  const reason = `${query.evidence.reason} ${tooFewRuns(candidate, gate.minimumRuns)}`;
  return { evidence: { ...query.evidence, reason }, as: 'inconclusive' };
}

function about({ version, from, to, total, runs }: VersionSample): GateJudgement['candidate'] {
  return { version, from, to, totalRuns: total, judgedRuns: runs.length };
}

/**
 * Judges a version at one of its planned looks. Where nothing differs, all metrics at all looks together fail it with
 * a probability of at most 1 - confidence: each metric has an equal part of that (Bonferroni), each look of a metric
 * what {@link levelOfLook} gives it.
 *
 * Queries of Prometheus are bounds that somebody set, without statistics; they pass only once the new version had enough
 * runs (S-99).
 *
 * @param look the first is 1; after the last planned one nothing is decided any more
 * @param asked what the queries of the gate came to
 */
export function judge(
  gate: GateDefinition,
  samples: GateSamples,
  look: number,
  asked: readonly AskedOutcome[] = [],
): GateJudgement {
  const { looks, confidence } = gate;
  const answer = {
    ...{ look, looks, confidence, comparison: samples.comparison },
    ...{ candidate: about(samples.candidate), baseline: about(samples.baseline) },
  };
  const level = levelOfLook(look, looks, (1 - confidence) / gate.metrics.length);
  if (level <= 0) {
    return { ...answer, verdict: 'inconclusive', reason: tookAllLooks(looks), metrics: [], queries: [] };
  }
  const counted = gate.metrics.map((row) =>
    judgeMetric(row, gate, samples, { level, isLast: look === looks }),
  );
  const queries = asked.map(judgeQuery).map((query) => afterEnoughRuns(query, gate, samples));
  const metrics = counted.map(({ evidence }) => evidence);
  return {
    ...answer,
    ...conclude([...counted, ...queries]),
    metrics,
    queries: queries.map(({ evidence }) => evidence),
  };
}
