import { RE2JS } from 're2js';
import { z } from 'zod';
import { type LabelMatcher, type Labels, MATCH_OPERATORS, type Severity } from './alert.ts';

/**
 * Matchers in Alertmanager's notation. Patterns are RE2, must match the whole value and are linear in the length of
 * what they look at, so that no pattern of a person stops an evaluation (security P13).
 */

const MAX_PATTERN = 1000;

function isPattern(value: string): boolean {
  if (value.length > MAX_PATTERN) return false;
  try {
    RE2JS.compile(value, RE2JS.DOTALL);
    return true;
  } catch {
    return false;
  }
}

export const labelMatcherSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    operator: z.enum(MATCH_OPERATORS),
    value: z.string().max(2000),
  })
  .refine(({ operator, value }) => !operator.endsWith('~') || isPattern(value), {
    path: ['value'],
    message: 'This is no valid pattern.',
  });

/** Whether a label with this value passes; a missing label has the empty value. */
type ValueTest = (value: string) => boolean;

function valueTest({ operator, value }: LabelMatcher): ValueTest {
  if (operator === '=') return (given) => given === value;
  if (operator === '!=') return (given) => given !== value;
  const pattern = RE2JS.compile(value, RE2JS.DOTALL);
  return operator === '=~' ? (given) => pattern.matches(given) : (given) => !pattern.matches(given);
}

const storedSchema = z.array(labelMatcherSchema);

/**
 * A test of all matchers together, with its patterns compiled once. Matchers that cannot be read, because
 * somebody meddled with their row, pass nothing: they mute and route nothing, and hold up nobody (reliability F38).
 */
export function matcherTest(matchers: readonly LabelMatcher[]): (labels: Labels) => boolean {
  const stored = storedSchema.safeParse(matchers);
  if (!stored.success) return () => false;
  const tests = stored.data.map((matcher) => [matcher.name, valueTest(matcher)] as const);
  const given = (labels: Labels, name: string) => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : '');
  return (labels) => tests.every(([name, passes]) => passes(given(labels, name)));
}

/**
 * Whether it also passes a label that isn't there; a silence of only such matchers is refused (alerting S50). One that
 * cannot be read passes nothing, as ever: schemas ask this of matchers that they have found fault with.
 */
export function matchesEmpty(matcher: LabelMatcher): boolean {
  return matcherTest([matcher])({});
}

/** What matchers look at: the labels, and the severity where the labels don't name one. */
export function matchedLabels({ labels, severity }: { labels: Labels; severity: Severity }): Labels {
  return { severity, ...labels };
}

const QUOTED = /^"((?:[^"\\]|\\.)*)"$/s;
const MATCHER = /^\s*("(?:[^"\\]|\\.)*"|[^=!~{},"\s]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;

function unquote(text: string): string | null {
  const quoted = QUOTED.exec(text);
  if (!quoted) return text.includes('"') ? null : text;
  return (quoted[1] ?? '').replaceAll(/\\(.)/gs, (_all, char: string) => (char === 'n' ? '\n' : char));
}

/** One matcher as Alertmanager writes it, `name=~"value"`; null for what is none. */
export function parseMatcher(text: string): LabelMatcher | null {
  const [, rawName = '', operator, rawValue = ''] = MATCHER.exec(text) ?? [];
  const [name, value] = [unquote(rawName), unquote(rawValue)];
  const parsed = labelMatcherSchema.safeParse({ name, operator, value });
  return parsed.success ? parsed.data : null;
}
