import type { z } from 'zod';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const amount = (count: number | bigint, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** What a limit of size counts, in words; undefined for numbers, which are what they count. */
function sizeOf(origin: string, count: number | bigint): string | undefined {
  if (origin === 'string') return amount(count, 'character', 'characters');
  if (origin === 'array' || origin === 'set') return amount(count, 'entry', 'entries');
  return undefined;
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string | undefined {
  const size = sizeOf(origin, minimum);
  if (size !== undefined) return minimum === 1 ? 'Must not be empty.' : `Must have at least ${size}.`;
  if (origin !== 'number' && origin !== 'int') return undefined;
  return inclusive ? `Must be at least ${minimum}.` : `Must be more than ${minimum}.`;
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): string | undefined {
  const size = sizeOf(origin, maximum);
  if (size !== undefined) return `Must have at most ${size}.`;
  if (origin !== 'number' && origin !== 'int') return undefined;
  return inclusive ? `Must be at most ${maximum}.` : `Must be less than ${maximum}.`;
}

/** What stands where a number should: nothing, a text, or a number too large for any machine. */
function wrongType({ expected }: z.core.$ZodIssueInvalidType): string | undefined {
  if (expected === 'number') return 'Give a number.';
  return expected === 'int' ? 'Give a whole number.' : undefined;
}

/** What is wrong in words for people, where the schema has none of its own; undefined leaves the validator's. */
export function wordsOfIssue(issue: RawIssue): string | undefined {
  if (issue.code === 'too_small') return tooSmall(issue as z.core.$ZodIssueTooSmall);
  if (issue.code === 'too_big') return tooBig(issue as z.core.$ZodIssueTooBig);
  if (issue.code === 'invalid_type') return wrongType(issue as z.core.$ZodIssueInvalidType);
  const isId = issue.code === 'invalid_format' && issue.format === 'uuid';
  return isId ? 'Give an id: 32 hexadecimal digits in five groups.' : undefined;
}
