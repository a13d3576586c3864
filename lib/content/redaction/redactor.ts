import { RE2JS } from 're2js';
import type { RedactionKind, RedactionPreview } from '#lib/model/redaction.ts';
import { patternProblem } from '#lib/model/redaction-schema.ts';
import { BUILT_IN, type Replace } from './built-in.ts';

/** A rule as far as it is applied. */
export interface AppliedRule {
  name: string;
  kind: RedactionKind;
  pattern: string | null;
  replacement: string;
}

/** Applies the rules of a team, in their order, to one text after the other. */
export interface Redactor {
  /** @throws RedactionFailure when a rule can't be applied: what was asked about must not be stored then */
  redact(text: string): string;
}

/** A rule can't be applied, or would make a text of no end. */
export class RedactionFailure extends Error {}

/** How much longer a text may get by what stands in place of what was found. */
const MOST_GROWTH = 4;
const FREE_GROWTH = 4096;

/** @throws RedactionFailure when the pattern of the rule is none */
function replacerOf({ kind, pattern, name }: AppliedRule): Replace {
  if (kind !== 'pattern') return BUILT_IN[kind];
  const problem = patternProblem(pattern ?? '');
  if (problem !== null) throw new RedactionFailure(`${name}: ${problem}`);
  const compiled = RE2JS.compile(pattern ?? '');
  return (text, replacement, found) =>
    compiled.matcher(text).replaceAll(() => {
      found();
      return replacement;
    });
}

interface Step {
  rule: AppliedRule;
  replace: Replace;
}

function applyAll(steps: readonly Step[], text: string, found: (rule: number) => void): string {
  let kept = text;
  steps.forEach(({ rule, replace }, index) => {
    kept = replace(kept, rule.replacement, () => found(index));
  });
  if (kept.length > text.length * MOST_GROWTH + FREE_GROWTH)
    throw new RedactionFailure('A text grew beyond measure.');
  return kept;
}

/**
 * Makes a redactor of rules. One rule that can't be applied makes it refuse every text: nothing is stored unredacted
 * because somebody meddled with a row.
 */
export function createRedactor(rules: readonly AppliedRule[]): Redactor {
  let steps: Step[];
  try {
    steps = rules.map((rule) => ({ rule, replace: replacerOf(rule) }));
  } catch (error) {
    return {
      redact: () => {
        throw error;
      },
    };
  }
  return { redact: (text) => applyAll(steps, text, () => undefined) };
}

/** @throws RedactionFailure when a rule can't be applied */
export function previewRedaction(rules: readonly AppliedRule[], text: string): RedactionPreview {
  const counts = rules.map(() => 0);
  const steps = rules.map((rule) => ({ rule, replace: replacerOf(rule) }));
  const kept = applyAll(steps, text, (index) => {
    counts[index] = (counts[index] ?? 0) + 1;
  });
  return { text: kept, found: rules.map(({ name }, index) => ({ name, count: counts[index] ?? 0 })) };
}
