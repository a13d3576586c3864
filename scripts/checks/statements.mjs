/**
 * Which test shows which statement of a specification: titles carry its word and number (`alerting S22`).
 * `node scripts/checks/statements.mjs` writes the table of docs/alerting.md.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENT = 'docs/alerting.md';
const BEGIN = '<!-- statements: begin -->';
const END = '<!-- statements: end -->';
const TEST_FILE = /(\.(test|spec)\.(ts|tsx|mjs)|^lib\/ports\/.*\/contract\.ts)$/;
/** The beginning of a title: `test('alerting S1, S2: ...`, `alerting S95, reliability F37: ...`, or a row of a table. */
const TITLE = /['"`]alerting ((?:S\d+)(?:(?:,| and) S\d+)*)(?:, [a-z]+ [A-Z]\d+)*:/g;
/** At most so many numbers may stand in one title. */
const MOST_NUMBERS = 3;

/** @returns statement number -> test files that show it, and titles that claim too much */
export function statementsShown(files) {
  const shown = new Map();
  const crowded = [];
  for (const { path, text } of files) {
    for (const [, list] of text.matchAll(TITLE)) {
      const numbers = [...list.matchAll(/S(\d+)/g)].map((match) => Number(match[1]));
      if (numbers.length > MOST_NUMBERS) crowded.push(`${path}: ${list}`);
      for (const number of numbers) {
        if (!shown.has(number)) shown.set(number, new Set());
        shown.get(number).add(path);
      }
    }
  }
  return { shown, crowded };
}

/** The tests of the tree, tracked or not yet. */
export function readTests(root = ROOT) {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  return listed
    .split('\n')
    .filter((path) => TEST_FILE.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The table as it stands in the document. */
export function statementTable(shown) {
  const rows = [...shown.entries()]
    .sort(([a], [b]) => a - b)
    .map(
      ([number, paths]) =>
        `| S${number} | ${[...paths]
          .sort()
          .map((path) => `\`${path}\``)
          .join(', ')} |`,
    );
  return ['| statement | shown by |', '|---|---|', ...rows].join('\n');
}

function split(text) {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} lacks the marks of its table.`);
  return {
    before: text.slice(0, begin + BEGIN.length),
    table: text.slice(begin + BEGIN.length, end),
    after: text.slice(end),
  };
}

/** The table that the document holds now. */
export function writtenTable(root = ROOT) {
  return split(readFileSync(join(root, DOCUMENT), 'utf8')).table.trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const path = join(ROOT, DOCUMENT);
  const { before, after } = split(readFileSync(path, 'utf8'));
  const { shown, crowded } = statementsShown(readTests());
  writeFileSync(path, `${before}\n${statementTable(shown)}\n${after}`);
  const missing = Array.from({ length: 100 }, (_, index) => index + 1).filter((number) => !shown.has(number));
  for (const title of crowded) console.log(`too many numbers: ${title}`);
  console.log(
    `${shown.size} of 100 statements shown; missing: ${missing.map((n) => `S${n}`).join(' ') || 'none'}`,
  );
}
