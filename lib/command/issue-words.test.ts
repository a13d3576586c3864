import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseInput } from './gate.ts';

const text = z.string();
const list = z.array(text);
const number = z.number();

test.each<[z.ZodType, unknown, string]>([
  [text.min(1), '', 'Must not be empty.'],
  [text.min(12), 'a', 'Must have at least 12 characters.'],
  [text.max(1), 'ab', 'Must have at most 1 character.'],
  [list.min(1), [], 'Must not be empty.'],
  [list.max(2), ['a', 'b', 'c'], 'Must have at most 2 entries.'],
  [number.min(1), 0, 'Must be at least 1.'],
  [number.max(5), 9, 'Must be at most 5.'],
  [number.gt(0), 0, 'Must be more than 0.'],
  [number.lt(1), 1, 'Must be less than 1.'],
  [z.int().min(1), 0, 'Must be at least 1.'],
  [text.min(1, 'Say why.'), '', 'Say why.'],
  [number, Number.POSITIVE_INFINITY, 'Give a number.'],
  [number, Number.NaN, 'Give a number.'],
  [number.optional(), null, 'Give a number.'],
  [z.int(), 1.5, 'Give a whole number.'],
  [z.int().max(5), 1e300, 'Must be at most 5.'],
  [z.int().min(1), -1e300, 'Must be at least 1.'],
  [z.coerce.number().int().max(5), '1e300', 'Must be at most 5.'],
  [z.int(), 1e300, 'Must be at most 9007199254740991.'],
  [z.uuid(), 'x', 'Give an id: 32 hexadecimal digits in five groups.'],
])('what is wrong is said in words, those of the schema first: %#', (schema, given, message) => {
  expect(() => parseInput(z.strictObject({ field: schema }), { field: given })).toThrow(
    expect.objectContaining({ code: 'invalid', issues: [{ path: 'field', message }] }),
  );
});
