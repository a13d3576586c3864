import { type Document, isScalar, Lexer, LineCounter, parseDocument, stringify, visit } from 'yaml';
import { wordsOfIssue } from '#lib/command/issue-words.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { MOST_RULES_IN_FILE, ruleFileSchema } from '#lib/model/alert-rule-schema.ts';
import { cutText } from '#lib/model/cut-text.ts';
import { UNSTORABLE, unstorablePaths } from '#lib/model/storable-text.ts';
import type { RuleContent } from './rule-rows.ts';

/** More aliases than this are no rules but an attempt to fill the memory. */
const MAX_ALIASES = 100;

/**
 * Words, signs and breaks that a file may be made of: those of as many rules as it has room for, and some more. Each
 * costs microseconds to parse, and a file could be made of nothing else (security U14).
 */
export const MAX_LEXEMES = 100_000;

/** Rules as a file, by name, so that two exports can be compared. */
export function writeRuleFile(
  rules: readonly { name: string; enabled: boolean; definition: unknown }[],
): string {
  const sorted = rules.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return stringify({ rules: sorted.map(({ name, enabled, definition }) => ({ name, enabled, definition })) });
}

const refuse = (path: string, message: string): never => {
  throw new AppError('invalid', 'The file is not valid.', { issues: [{ path, message }] });
};

/** The values of a document; one whose aliases grow beyond measure is refused (security U14). */
function unfold(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw new AppError('invalid', 'The file is not valid.', {
      cause,
      issues: [{ path: '', message: 'Its aliases cannot be followed, or are too many.' }],
    });
  }
}

/** Whether a text is made of more parts than a file of rules can have; stops counting there. */
function isOverfull(text: string): boolean {
  let count = 0;
  for (const _ of new Lexer().lex(text)) if (++count > MAX_LEXEMES) return true;
  return false;
}

/** A key that a mapping has twice. The parser's own check looks at every pair of keys, which takes minutes. */
function doubleKey(document: Document): string | null {
  let found: string | null = null;
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const value = isScalar(key) ? key.value : key;
        if (seen.has(value)) found = String(value);
        seen.add(value);
      }
      return found === null ? undefined : visit.BREAK;
    },
  });
  return found;
}

/** Does work that makes errors by the ten thousand and throws none of them: their stacks would take most of its time. */
function withoutStacks<R>(work: () => R): R {
  const former = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = former;
  }
}

/**
 * The document of a text, parsed once it is known to be of a size that takes tenths of a second at most. Only its first
 * mistake is told, with its place: to have the parser describe each takes the square of their number.
 */
function parse(text: string): Document {
  if (isOverfull(text)) return refuse('', 'The file is made of more parts than a file of rules can have.');
  const lines = new LineCounter();
  const document = withoutStacks(() =>
    parseDocument(text, { prettyErrors: false, uniqueKeys: false, lineCounter: lines }),
  );
  const [mistake] = document.errors;
  if (mistake) {
    const { line, col } = lines.linePos(mistake.pos[0]);
    return refuse('', `${mistake.message} at line ${line}, column ${col}`);
  }
  const twice = doubleKey(document);
  return twice === null
    ? document
    : refuse('', `Map keys must be unique: ${cutText(twice, 100)} stands there twice.`);
}

/** Reads a file of rules. @throws AppError `invalid` with the place of each mistake */
export function readRuleFile(text: string): RuleContent[] {
  // Told before it is parsed, which takes milliseconds a rule.
  if ((text.match(/^ {0,2}- /gm)?.length ?? 0) > MOST_RULES_IN_FILE)
    return refuse('rules', `A file holds at most ${MOST_RULES_IN_FILE} rules.`);
  const parsed = ruleFileSchema.safeParse(unfold(parse(text)), { error: wordsOfIssue });
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    throw new AppError('invalid', 'The file is not valid.', { issues });
  }
  const [unstorable] = unstorablePaths(parsed.data);
  if (unstorable !== undefined) return refuse(unstorable, UNSTORABLE);
  const names = parsed.data.rules.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? parsed.data.rules : refuse('rules', `${twice} stands there twice.`);
}
