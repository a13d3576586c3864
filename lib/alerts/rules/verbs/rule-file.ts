import { type Document, parseDocument, stringify } from 'yaml';
import { AppError } from '#lib/kernel/errors.ts';
import { MOST_RULES_IN_FILE, ruleFileSchema } from '#lib/model/alert-rule-schema.ts';
import { UNSTORABLE, unstorablePaths } from '#lib/model/storable-text.ts';
import type { RuleContent } from './rule-rows.ts';

/** More aliases than this are no rules but an attempt to fill the memory. */
const MAX_ALIASES = 100;

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

/** Reads a file of rules. @throws AppError `invalid` with the place of each mistake */
export function readRuleFile(text: string): RuleContent[] {
  // Told before it is parsed, which takes milliseconds a rule.
  if ((text.match(/^ {0,2}- /gm)?.length ?? 0) > MOST_RULES_IN_FILE)
    return refuse('rules', `A file holds at most ${MOST_RULES_IN_FILE} rules.`);
  const document = parseDocument(text, { prettyErrors: true });
  const [mistake] = document.errors;
  if (mistake) return refuse('', mistake.message);
  const parsed = ruleFileSchema.safeParse(unfold(document));
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
