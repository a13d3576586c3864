import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkCounts, outOfTime, playwrightCounts, totalLine, vitestCounts } from './counts.mjs';

const dir = mkdtempSync(join(tmpdir(), 'pitwall-counts-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function report(content) {
  const file = join(dir, 'report.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const passing = { status: 'passed', assertionResults: [{ status: 'passed', fullName: 'holds' }] };
const unloadable = {
  name: 'x.test.ts',
  status: 'failed',
  message: 'no such module\n at',
  assertionResults: [],
};

test('a test file that cannot be loaded, a cut-off report and an error outside any test count as failures', () => {
  const base = { numPassedTests: 1, numPendingTests: 2, numTodoTests: 1 };
  expect(vitestCounts(report({ ...base, testResults: [passing, unloadable] }), 1)).toMatchObject({
    passed: 1,
    failed: 1,
    skipped: 3,
    titles: ['x.test.ts: no such module'],
  });
  expect(vitestCounts(report({ ...base, testResults: [passing] }), 1).failed).toBe(1);
  expect(vitestCounts(report('{"numPassedTests": 3'), 0).failed).toBe(1);
  expect(playwrightCounts(join(dir, 'none.json'), 0).failed).toBe(1);
});

test('a step that was ended because it took too long has failed, though its report knows of no failure', () => {
  const counts = vitestCounts(
    report({ numPassedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [passing] }),
    0,
  );
  expect(outOfTime(counts, 480)).toMatchObject({
    passed: 1,
    failed: 1,
    titles: ['it was ended after 480 s'],
  });
});

test('a journey that only its second try passed counts as passed and is named', () => {
  const spec = (title, status) => ({ file: 'x.spec.ts', title, ok: true, tests: [{ status }] });
  const journeys = {
    stats: { expected: 1, unexpected: 0, flaky: 1, skipped: 0 },
    errors: [],
    suites: [{ specs: [spec('holds', 'expected')], suites: [{ specs: [spec('races', 'flaky')] }] }],
  };
  expect(playwrightCounts(report(journeys), 0)).toMatchObject({
    passed: 2,
    failed: 0,
    note: 'passed on the second try only: x.spec.ts: races',
  });
});

test('the last line adds up every step', () => {
  const journeys = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }, errors: [], suites: [] };
  expect(totalLine([checkCounts(0), checkCounts(2), playwrightCounts(report(journeys), 1)])).toBe(
    '6 passed, 2 failed, 2 skipped',
  );
});
