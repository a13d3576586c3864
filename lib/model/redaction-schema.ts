import { RE2JS } from 're2js';
import { z } from 'zod';
import { DEFAULT_REPLACEMENT, REDACTION_KINDS, type RedactionKind } from './redaction.ts';

/** Rules of one team; each costs time on everything that arrives. */
export const MAX_REDACTION_RULES = 50;
const MAX_PATTERN = 500;
/** Instructions of a compiled pattern: what it may cost a character. */
const MAX_PROGRAM = 1000;

/** What is wrong with a pattern, in words; null when it may be used. */
export function patternProblem(pattern: string): string | null {
  if (pattern === '') return 'Write a pattern.';
  if (pattern.length > MAX_PATTERN) return `A pattern has at most ${MAX_PATTERN} characters.`;
  try {
    const compiled = RE2JS.compile(pattern);
    if (compiled.programSize() > MAX_PROGRAM) return 'This pattern is too large: repeat fewer times.';
    return compiled.matches('') ? 'This pattern matches nothing at all: it would be found everywhere.' : null;
  } catch {
    return 'This is no valid pattern (RE2 syntax: no look-around, no back-references).';
  }
}

export const redactionRuleShape = {
  name: z.string().trim().min(1, 'Give it a name.').max(80),
  kind: z.enum(REDACTION_KINDS),
  pattern: z.string().max(MAX_PATTERN).nullable().default(null).describe('RE2; of the kind `pattern` only'),
  replacement: z.string().max(100).default(DEFAULT_REPLACEMENT),
  enabled: z.boolean().default(true),
};

/** Refuses a pattern that can't be used, and one on a kind that has none. */
export function checkPattern(
  { kind, pattern }: { kind: RedactionKind; pattern: string | null },
  context: z.RefinementCtx,
): void {
  const problem = kind === 'pattern' ? patternProblem(pattern ?? '') : null;
  if (problem !== null) context.addIssue({ code: 'custom', path: ['pattern'], message: problem });
  if (kind !== 'pattern' && pattern !== null)
    context.addIssue({
      code: 'custom',
      path: ['pattern'],
      message: 'Only rules of the kind pattern have one.',
    });
}
