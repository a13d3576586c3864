import { describe, expect, test } from 'vitest';
import {
  missingStatements,
  readTests,
  SPECIFICATIONS,
  statementsShown,
  statementTable,
  writtenTable,
} from './statements.mjs';

const files = readTests();

describe.each(SPECIFICATIONS)('the specification of $word', (specification) => {
  const { shown, crowded } = statementsShown(files, specification.word);

  test('has at least one test a statement, or the name of the capability that brings it', () => {
    expect(missingStatements(specification, shown)).toEqual([]);
  });

  test('puts nothing off that a test shows already', () => {
    expect(Object.keys(specification.later).filter((statement) => shown.has(statement))).toEqual([]);
  });

  test('knows every statement that a title names', () => {
    expect([...shown.keys()].filter((statement) => !specification.statements.includes(statement))).toEqual(
      [],
    );
  });

  test('has no test that claims more than three statements', () => {
    expect(crowded).toEqual([]);
  });

  test('has a document whose table says what the titles say', () => {
    expect(writtenTable(specification)).toBe(statementTable(specification, shown));
  });
});

test('a title counts for each number it names, and for none when it names them elsewhere', () => {
  const title = (word, rest) => `test('${word} ${rest}', () => {})`;
  const planted = [
    { path: 'a.test.ts', text: title('alerting', 'S1, S2 and S3, reliability F9: holds') },
    { path: 'b.test.ts', text: title('alerting', 'S1, S2, S3, S4: claims too much') },
    { path: 'c.test.ts', text: title('as', 'alerting S9 says') },
    { path: 'd.test.ts', text: title('alerting', 'S5, security Z4: speaks of two specifications') },
  ];
  const alerting = statementsShown(planted, 'alerting');
  expect([...alerting.shown.keys()]).toEqual(['S1', 'S2', 'S3', 'S4', 'S5']);
  expect(alerting.crowded).toEqual(['b.test.ts: S1, S2, S3, S4']);
  expect([...statementsShown(planted, 'security').shown.keys()]).toEqual(['Z4']);
});

test('a statement without a test is missing unless a later capability is named for it', () => {
  const specification = { statements: ['A1', 'A2', 'A3'], later: { A2: 'deployments' } };
  const shown = new Map([['A1', new Set(['a.test.ts'])]]);
  expect(missingStatements(specification, shown)).toEqual(['A3']);
  expect(statementTable(specification, shown).split('\n').slice(2)).toEqual([
    '| A1 | `a.test.ts` |',
    '| A2 | deployments |',
  ]);
});

test('what a capability under way does not show yet is open in its table, and missing nowhere', () => {
  const specification = { statements: ['S1', 'S2'], later: {}, rest: 'open' };
  const shown = new Map([['S1', new Set(['a.test.ts'])]]);
  expect(missingStatements(specification, shown)).toEqual([]);
  expect(statementTable(specification, shown).split('\n').slice(2)).toEqual([
    '| S1 | `a.test.ts` |',
    '| S2 | open |',
  ]);
});
