import type { GateQuery, GateVerdict, QueryEvidence } from '#lib/model/gate.ts';
import type { QueryTemplate } from '#lib/model/gate-source.ts';
import type { QueryOutcome } from './prometheus/read-answer.ts';

/** Errors in a row after which a source that does not answer fails the version (deployment S-97). */
const MOST_ERRORS = 5;

/** A question of a gate with what came of it. */
export interface AskedOutcome {
  query: GateQuery;
  passes: QueryTemplate['passes'];
  outcome: QueryOutcome;
}

export interface CountedQuery {
  evidence: QueryEvidence;
  /** What it counts for; null is left out. */
  as: GateVerdict | null;
}

const POLICIES = { pause: 'inconclusive', fail: 'fail', ignore: null } as const;

function afterError(query: GateQuery, errors: number): GateVerdict | null {
  const as = POLICIES[query.onError];
  return as === 'inconclusive' && errors >= MOST_ERRORS ? 'fail' : as;
}

/** What a question counts for: points by themselves, what gave none by the policies of the gate. */
export function judgeQuery({ query, passes, outcome }: AskedOutcome): CountedQuery {
  const { source, template } = query;
  const wanted = `${passes.operator} ${passes.value}`;
  const named = { source, template, state: outcome.kind };
  if (outcome.kind === 'error') {
    const errors = query.errorsBefore + 1;
    const reason = `${template}: ${outcome.reason} (${errors} in a row)`;
    return { evidence: { ...named, reason, worst: null, errors }, as: afterError(query, errors) };
  }
  if (outcome.kind === 'no_data') {
    const reason = `${template}: ${outcome.reason}`;
    return { evidence: { ...named, reason, worst: null, errors: 0 }, as: POLICIES[query.noData] };
  }
  const { worst, points } = outcome;
  const all = points === 1 ? 'The point is' : `All ${points} points are`;
  const reason =
    outcome.kind === 'pass'
      ? `${template}: ${all} ${wanted}.`
      : `${template}: ${worst} is not ${wanted}, the worst of ${points === 1 ? 'one point' : `${points} points`}.`;
  return { evidence: { ...named, reason, worst, errors: 0 }, as: outcome.kind };
}
