import { DrizzleQueryError } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { isGivenUp, isLeftHanging, isTaken } from './taken.ts';

const refused = (code: string) => Object.assign(new Error('refused'), { code });

/** What another copy of the query builder throws, as there are several in the web process. */
class QueryErrorOfAnotherCopy extends Error {}

test.each([
  ['as it comes', (code: string) => refused(code)],
  ['wrapped by the query builder', (code: string) => new DrizzleQueryError('insert', [], refused(code))],
  [
    'wrapped by another copy of it',
    (code: string) => new QueryErrorOfAnotherCopy('Failed query', { cause: refused(code) }),
  ],
])('why the database refused is read from its error %s', (_, error) => {
  expect([isTaken(error('23505')), isTaken(error('23503'))]).toEqual([true, false]);
  expect([isLeftHanging(error('23503')), isLeftHanging(error('23505'))]).toEqual([true, false]);
  expect([isGivenUp(error('40P01')), isGivenUp(error('40001')), isGivenUp(error('23505'))]).toEqual([
    ...[true, true, false],
  ]);
});

test('what is no error of the database is none of them', () => {
  for (const error of [null, undefined, 'text', new Error('x'), new Error('x', { cause: 'y' })])
    expect([isTaken(error), isLeftHanging(error), isGivenUp(error)]).toEqual([false, false, false]);
});
