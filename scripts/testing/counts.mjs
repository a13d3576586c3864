import { readJson } from '../engines/files.mjs';

/** Nothing ran, or the report is cut off: that is one failure, never silence. */
const NO_REPORT = { passed: 0, failed: 1, skipped: 0, titles: ['no report was written'] };

/** Counts of a vitest JSON report; a file that could not be loaded counts as one failed test. */
export function vitestCounts(file, exitCode) {
  const report = readJson(file);
  if (!report) return NO_REPORT;
  const broken = report.testResults.filter(
    (r) => r.status === 'failed' && r.assertionResults.every((a) => a.status !== 'failed'),
  );
  const failedTests = report.testResults.flatMap((r) =>
    r.assertionResults.filter((a) => a.status === 'failed').map((a) => `${r.name}: ${a.fullName}`),
  );
  const titles = [...broken.map((r) => `${r.name}: ${r.message.split('\n')[0]}`), ...failedTests];
  const counts = {
    passed: report.numPassedTests,
    failed: titles.length,
    skipped: report.numPendingTests + report.numTodoTests,
    titles,
  };
  return atLeastOneFailure(counts, exitCode);
}

function specsOf(suite) {
  return [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
}

const titleOf = (spec) => `${spec.file}: ${spec.title}`;

/** Counts of a Playwright JSON report. A test that only its second try passed is named, never just counted. */
export function playwrightCounts(file, exitCode) {
  const report = readJson(file);
  if (!report) return NO_REPORT;
  const { expected, unexpected, flaky, skipped } = report.stats;
  const specs = report.suites.flatMap(specsOf);
  const titles = [...specs.filter((spec) => !spec.ok).map(titleOf), ...report.errors.map((e) => e.message)];
  const retried = specs.filter((spec) => spec.tests.some(({ status }) => status === 'flaky')).map(titleOf);
  const note = retried.length > 0 ? `passed on the second try only: ${retried.join('; ')}` : undefined;
  return atLeastOneFailure({ passed: expected + flaky, failed: unexpected, skipped, titles, note }, exitCode);
}

/** A run that ended badly without a failed test (an error outside any test) is a failure too. */
function atLeastOneFailure(counts, exitCode) {
  if (exitCode === 0 || counts.failed > 0) return counts;
  return { ...counts, failed: 1, titles: [...counts.titles, 'the run failed outside of its tests'] };
}

/** A step that was ended because it took too long has failed, whatever its report says. */
export function outOfTime(counts, seconds) {
  const titles = [...counts.titles, `it was ended after ${seconds} s`];
  return { ...counts, failed: Math.max(1, counts.failed), titles };
}

/** One check that either holds or not. */
export function checkCounts(exitCode) {
  return exitCode === 0
    ? { passed: 1, failed: 0, skipped: 0, titles: [] }
    : { passed: 0, failed: 1, skipped: 0, titles: [] };
}

/** The last line of a test run. */
export function totalLine(all) {
  const sum = (key) => all.reduce((total, counts) => total + counts[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
}
