/**
 * Which test shows which statement of a specification: titles carry its word and number (`alerting S22`, `deployment S-22`).
 * `node scripts/checks/statements.mjs` writes their tables in docs.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BEGIN = '<!-- statements: begin -->';
const END = '<!-- statements: end -->';
const TEST_FILE = /(\.(test|spec)\.(ts|tsx|mjs)|^lib\/ports\/.*\/contract\.ts)$/;
const NUMBERS = String.raw`[A-Z]-?\d+(?:(?:,| and) [A-Z]-?\d+)*`;
/** The beginning of a title: `test('alerting S1, S2: ...`, `alerting S95, reliability F37: ...`, or a row of a table. */
const TITLE = new RegExp(String.raw`[\'"\u0060]((?:[a-z]+ ${NUMBERS})(?:, [a-z]+ ${NUMBERS})*):`, 'g');
/** At most so many numbers of one specification may stand in one title. */
const MOST_NUMBERS = 3;

function upTo(letter, count) {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}

/**
 * The specifications whose statements are all to be shown, each with the document that holds its table.
 * `later`: statements about what the product does not do yet, each with the capability that brings them.
 * `rest`: what the table says of all others that no test shows, while a capability is still being built.
 */
export const SPECIFICATIONS = [
  { word: 'alerting', document: 'docs/alerting.md', statements: upTo('S', 100), later: {} },
  {
    word: 'deployment',
    document: 'docs/deployments.md',
    statements: upTo('S', 101).map((statement) => statement.replace(/^S(\d)$/, 'S0$1').replace('S', 'S-')),
    later: {},
    rest: 'open: not shown yet',
  },
  {
    word: 'security',
    document: 'docs/security.md',
    statements: [
      ...upTo('A', 16),
      ...upTo('Z', 14),
      ...upTo('N', 11),
      ...upTo('K', 9),
      ...upTo('P', 13),
      ...upTo('O', 13),
      ...upTo('U', 14),
    ],
    later: {
      P11: 'InfluxDB as a metric store: nothing writes or asks it yet',
      O12: 'repositories: beside an app a token may be stored, sealed, for servers that have none',
    },
  },
];

/** @returns statement -> test files that show it, and titles that claim too much */
export function statementsShown(files, word) {
  const shown = new Map();
  const crowded = [];
  const own = new RegExp(`(?:^|, )${word} (${NUMBERS})`);
  for (const { path, text } of files) {
    for (const [, claims] of text.matchAll(TITLE)) {
      const list = own.exec(claims)?.[1];
      const statements = list?.match(/[A-Z]-?\d+/g) ?? [];
      if (statements.length > MOST_NUMBERS) crowded.push(`${path}: ${list}`);
      for (const statement of statements) {
        if (!shown.has(statement)) shown.set(statement, new Set());
        shown.get(statement).add(path);
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

/** Statements of a specification that no test shows and no later capability brings. */
export function missingStatements({ statements, later, rest }, shown) {
  if (rest !== undefined) return [];
  return statements.filter((statement) => !shown.has(statement) && !(statement in later));
}

/** The table as it stands in the document: what is shown, and what comes with a later capability. */
export function statementTable({ statements, later, rest }, shown) {
  const rows = statements.flatMap((statement) => {
    const paths = [...(shown.get(statement) ?? [])].sort();
    const shownBy =
      paths.length > 0 ? paths.map((path) => `\`${path}\``).join(', ') : (later[statement] ?? rest);
    return shownBy === undefined ? [] : [`| ${statement} | ${shownBy} |`];
  });
  return ['| statement | shown by |', '|---|---|', ...rows].join('\n');
}

function split(document, text) {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${document} lacks the marks of its table.`);
  return {
    before: text.slice(0, begin + BEGIN.length),
    table: text.slice(begin + BEGIN.length, end),
    after: text.slice(end),
  };
}

/** The table that a document holds now. */
export function writtenTable({ document }, root = ROOT) {
  return split(document, readFileSync(join(root, document), 'utf8')).table.trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = readTests();
  for (const specification of SPECIFICATIONS) {
    const { word, document, statements } = specification;
    const path = join(ROOT, document);
    const { before, after } = split(document, readFileSync(path, 'utf8'));
    const { shown, crowded } = statementsShown(files, word);
    writeFileSync(path, `${before}\n${statementTable(specification, shown)}\n${after}`);
    for (const title of crowded) console.log(`too many numbers: ${title}`);
    const missing = missingStatements(specification, shown);
    const found = statements.filter((statement) => shown.has(statement)).length;
    console.log(
      `${word}: ${found} of ${statements.length} statements shown; missing: ${missing.join(' ') || 'none'}`,
    );
  }
}
