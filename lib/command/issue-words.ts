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

/** A limit of size in words for people, where the schema has none of its own; undefined leaves the validator's. */
export function wordsOfIssue(issue: RawIssue): string | undefined {
  if (issue.code === 'too_small') return tooSmall(issue as z.core.$ZodIssueTooSmall);
  return issue.code === 'too_big' ? tooBig(issue as z.core.$ZodIssueTooBig) : undefined;
}
