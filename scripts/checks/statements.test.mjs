import { expect, test } from 'vitest';
import { readTests, statementsShown, statementTable, writtenTable } from './statements.mjs';

const { shown, crowded } = statementsShown(readTests());

test('every statement of the alerting specification is shown by at least one test', () => {
  const missing = Array.from({ length: 100 }, (_, index) => index + 1).filter((number) => !shown.has(number));
  expect(missing).toEqual([]);
});

test('no test claims more than three statements', () => {
  expect(crowded).toEqual([]);
});

test('the table of docs/alerting.md says what the titles say', () => {
  expect(writtenTable()).toBe(statementTable(shown));
});

test('a title counts for each number it names, and for none when it names them elsewhere', () => {
  const title = (words) => `test('alerting ${words}', () => {})`;
  const files = [
    { path: 'a.test.ts', text: title('S1, S2 and S3, reliability F9: holds') },
    { path: 'b.test.ts', text: title('S1, S2, S3, S4: claims too much') },
    { path: 'c.test.ts', text: `test('as alerting S9 says', () => {})` },
  ];
  const found = statementsShown(files);
  expect([...found.shown.keys()]).toEqual([1, 2, 3, 4]);
  expect(found.crowded).toEqual(['b.test.ts: S1, S2, S3, S4']);
});
