import { expect, test } from 'vitest';
import { gateDefinitionSchema, type RunSample } from '#lib/model/gate.ts';
import { judge } from './judge.ts';
import { judgeQuery } from './judge-queries.ts';
import type { QueryOutcome } from './prometheus/read-answer.ts';

const passes = { operator: '<' as const, value: 0.05 };
const queryOf = (values: object = {}) => {
  const [query] = gateDefinitionSchema.parse({
    queries: [{ source: 'main', template: 'errors', ...values }],
  }).queries;
  if (!query) throw new Error('there is one query');
  return query;
};
const counted = (outcome: QueryOutcome, values: object = {}) =>
  judgeQuery({ query: queryOf(values), passes, outcome });
const noData: QueryOutcome = { kind: 'no_data', reason: 'The query found no series.' };
const error: QueryOutcome = { kind: 'error', reason: 'The address did not answer in time.' };

test('deployment S-97: no data waits unless the gate says otherwise', () => {
  expect(counted(noData).as).toBe('inconclusive');
  expect(counted(noData, { noData: 'fail' }).as).toBe('fail');
  expect(counted(noData, { noData: 'ignore' }).as).toBeNull();
});

test('deployment S-97: errors wait, and the fifth in a row fails; an answer in between starts anew', () => {
  let errorsBefore = 0;
  const course = [error, error, error, error, error].map((outcome) => {
    const { as, evidence } = counted(outcome, { errorsBefore });
    errorsBefore = evidence.errors;
    return as;
  });
  expect(course).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'inconclusive', 'fail']);
  expect(counted({ kind: 'pass', worst: 0, points: 1 }, { errorsBefore: 4 }).evidence.errors).toBe(0);
  expect(counted(error, { errorsBefore: 9, onError: 'ignore' }).as).toBeNull();
  expect(counted(error, { onError: 'fail' }).as).toBe('fail');
});

test('what a query came to is said with its worst point and its bound', () => {
  expect(counted({ kind: 'fail', worst: 0.2, points: 12 }).evidence.reason).toBe(
    'errors: 0.2 is not < 0.05, the worst of 12 points.',
  );
});

const fine = (count: number): RunSample[] =>
  Array.from({ length: count }, () => ({
    ...{ durationMs: 1000, isError: false, cost: 0.01, tokens: 100, toolCalls: 1, failedToolCalls: 0 },
  }));

function verdictWith(outcome: QueryOutcome, runs = 900) {
  const gate = gateDefinitionSchema.parse({ queries: [{ source: 'main', template: 'errors' }] });
  const sample = (version: string, count: number) => ({
    version,
    from: 0,
    to: 1,
    total: count,
    runs: fine(count),
  });
  const samples = { candidate: sample('b', runs), baseline: sample('a', 900) };
  const query = { query: queryOf(), passes, outcome };
  return judge(gate, { comparison: 'same_window', ...samples }, gate.looks, [query]);
}

test('a query fails a version whose telemetry is fine, and its pass is one of many', () => {
  expect(verdictWith({ kind: 'pass', worst: 0, points: 3 }).verdict).toBe('pass');
  const failed = verdictWith({ kind: 'fail', worst: 0.2, points: 3 });
  expect(failed).toMatchObject({ verdict: 'fail', queries: [{ state: 'fail', worst: 0.2 }] });
  expect(verdictWith(noData).verdict).toBe('inconclusive');
});

test('deployment S-99: a query passes only once the version had enough runs', () => {
  const { verdict, queries } = verdictWith({ kind: 'pass', worst: 0, points: 3 }, 20);
  expect(verdict).toBe('inconclusive');
  expect(queries[0]?.reason).toContain('counts from 50 runs of b on; there are 20 so far');
});
