/**
 * Checks: what is held against the sources themselves, besides compiler and linter.
 *
 * This file runs the import rules of `.dependency-cruiser.mjs` over a tree.
 */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const FEWEST_MODULES = 50;

function cruise(directory) {
  const program = join(ROOT, 'node_modules', '.bin', 'depcruise');
  const args = [
    program,
    '--config',
    join(directory, '.dependency-cruiser.mjs'),
    '--output-type',
    'json',
    '.',
  ];
  const options = {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 256 << 20,
    stdio: ['ignore', 'pipe', 'pipe'],
  };
  try {
    return JSON.parse(execFileSync(process.execPath, args, options));
  } catch (error) {
    // The number of violations is its exit code; the report is there all the same.
    if (!error.stdout) throw error;
    return JSON.parse(error.stdout);
  }
}

/**
 * Cruises a tree. A cruise that read (almost) nothing is a failure: that is how an unreadable
 * TypeScript looks.
 *
 * @returns modules: how many TypeScript modules were read; problems: one sentence a violation
 */
export function checkBoundaries(directory) {
  const result = cruise(directory);
  const modules = result.modules.filter(
    (module) => /\.tsx?$/.test(module.source) && module.dependencies.length > 0,
  );
  const problems = result.summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} imports ${to}`,
  );
  if (modules.length < FEWEST_MODULES) problems.push(`Only ${modules.length} modules were read.`);
  return { modules: modules.length, problems };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { modules, problems } = checkBoundaries(ROOT);
  for (const problem of problems) console.error(problem);
  console.log(`${modules} modules with imports, ${problems.length} violations`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
