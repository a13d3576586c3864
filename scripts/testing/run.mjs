/**
 * The test run: everything that must hold before a change is delivered, in one line at the end.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { say } from '../bootstrap/progress.mjs';
import { NOT_RUN } from '../checks/audit.mjs';
import { hydrateBinaries } from '../engines/postgres-binaries.mjs';
import { runLogged, tailOf } from './command.mjs';
import { checkCounts, outOfTime, playwrightCounts, totalLine, vitestCounts } from './counts.mjs';
import { outsidePrograms } from './debian.mjs';

const MINUTE_MS = 60_000;

/** Test files below a folder that use a real Redis. */
function redisTests(root, folder = root) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|\..*)$/.test(entry.name) ? [] : redisTests(root, path);
    const usesRedis = /\.test\.ts$/.test(entry.name) && /redisUrl/.test(readFileSync(path, 'utf8'));
    return usesRedis ? [relative(root, path)] : [];
  });
}

/** How many journeys there are, when none of them can run. */
async function countJourneys(context) {
  const file = join(context.out, 'e2e-list.json');
  const env = { ...context.env, PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  const args = [
    context.bin('@playwright/test/cli.js'),
    'test',
    '--list',
    '--reporter=json',
    '-c',
    'tests/e2e',
  ];
  await runLogged(args, {
    cwd: context.root,
    env,
    logFile: join(context.out, 'e2e-list.log'),
    timeoutMs: MINUTE_MS,
  });
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return (text.match(/"projectName":/g) ?? []).length;
}

/** A registry that does not answer `npm audit` is no failure, but is said. */
function auditCounts(code) {
  if (code !== NOT_RUN) return checkCounts(code);
  return { passed: 0, failed: 0, skipped: 0, note: 'not run: the registry does not answer npm audit' };
}

function staticChecks(bin) {
  return [
    // Each further checker reads much of the types anew: two cost twice the CPU, which other steps need meanwhile.
    { name: 'types', args: [bin('typescript/bin/tsc'), '--noEmit', '--checkers', '1'] },
    { name: 'lint', args: [bin('@biomejs/biome/bin/biome'), 'check', '.'] },
    { name: 'boundaries', args: ['scripts/checks/boundaries.mjs'] },
    { name: 'unused', args: [bin('knip/bin/knip.js')] },
    { name: 'audit', args: ['scripts/checks/audit.mjs'], counts: auditCounts },
  ];
}

function vitestStep(name, projects, context, excluded, minutes = 8) {
  const report = join(context.out, `${name}.json`);
  return {
    name,
    args: [
      context.bin('vitest/vitest.mjs'),
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ],
    env: excluded.length > 0 ? { TESTS_NOT_RUN: excluded.join(',') } : {},
    timeoutMs: minutes * MINUTE_MS,
    counts: (code) => vitestCounts(report, code),
  };
}

function journeys(context, chromium) {
  const report = join(context.out, 'e2e.json');
  return {
    name: 'browser',
    args: [context.bin('@playwright/test/cli.js'), 'test', '-c', 'tests/e2e', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report, CHROMIUM_PATH: chromium },
    timeoutMs: 12 * MINUTE_MS,
    counts: (code) => playwrightCounts(report, code),
  };
}

/**
 * All steps: stages one after the other, in each some lanes side by side, in a lane one step after the other. Side by
 * side runs only what leaves some of the machine idle: tests wait for their databases a fifth of the time, the clean
 * clone for downloads, faults and kills mostly for what a kill has left behind; the checks fill what that leaves.
 * The clean clone leaves its console to the kills and the journeys, which start the product here, so that it comes before
 * both: the build after them has something to do only when it runs alone.
 */
function stagesOf(context, chromium, notRun) {
  const vitest = (name, projects, minutes) => vitestStep(name, projects, context, notRun, minutes);
  return [
    [
      [vitest('tests', ['unit', 'int', 'web']), vitest('faults', ['faults']), ...staticChecks(context.bin)],
      [vitest('start', ['start'], 12), vitest('kills', ['kills'])],
    ],
    [[{ name: 'build', args: ['scripts/build.mjs'], timeoutMs: 5 * MINUTE_MS }]],
    [[{ ...vitest('long-faults', ['long-faults'], 20), onlyByName: true }]],
    chromium ? [[journeys(context, chromium)]] : [],
  ];
}

async function runStep(step, context) {
  const logFile = join(context.out, `${step.name}.log`);
  const env = { ...context.env, ...step.env };
  const timeoutMs = step.timeoutMs ?? 3 * MINUTE_MS;
  const { code, timedOut, ms } = await runLogged(step.args, { cwd: context.root, env, logFile, timeoutMs });
  const read = (step.counts ?? checkCounts)(code);
  const counts = timedOut ? outOfTime(read, timeoutMs / 1000) : read;
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  say(
    `${step.name.padEnd(10)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${seconds})`,
  );
  if (counts.note) say(`${step.name.padEnd(10)} ${counts.note}`);
  if (counts.failed > 0) {
    for (const title of counts.titles.slice(0, 30)) process.stdout.write(`    FAILED ${title}\n`);
    process.stdout.write(`${tailOf(logFile)}\n    whole log: ${logFile}\n`);
  }
  return counts;
}

/** The counts of a lane's steps, one after the other, whatever became of those before. */
async function runLane(steps, context) {
  const counts = [];
  for (const step of steps) counts.push(await runStep(step, context));
  return counts;
}

/**
 * Runs all checks and tests; prints a line each, the tail of a failed one, and the total as last line.
 * The exit code is 1 when anything failed.
 *
 * @param only names of steps, all when empty
 */
export async function runAll(root, only = []) {
  const out = join(root, '.pitwall-test');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const bin = (path) => join(root, 'node_modules', path);
  const context = { root, out, bin, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined } };
  hydrateBinaries();
  const outside = await outsidePrograms();
  const notRun = outside.redis ? [] : redisTests(root);
  const isWanted = ({ name, onlyByName }) => (only.length === 0 ? !onlyByName : only.includes(name));
  const results = [];
  for (const lanes of stagesOf(context, outside.chromium, notRun)) {
    const ran = await Promise.all(lanes.map((steps) => runLane(steps.filter(isWanted), context)));
    results.push(...ran.flat());
  }
  for (const sentence of outside.missing) say(sentence);
  if (notRun.length > 0) {
    say(`Not run without Redis: ${notRun.join(', ')}`);
    results.push({ passed: 0, failed: 0, skipped: notRun.length });
  }
  if (!outside.chromium) {
    const skipped = await countJourneys(context);
    say(`Not run without Chromium: the ${skipped} browser journeys of tests/e2e`);
    results.push({ passed: 0, failed: 0, skipped });
  }
  process.exitCode = results.some((counts) => counts.failed > 0) ? 1 : 0;
  process.stdout.write(`${totalLine(results)}\n`);
}
