import type pg from 'pg';

/** A value as PostgreSQL prints it. */
export type Text = string | null;

const asSent = { getTypeParser: () => (value: string) => value };

/**
 * Runs a query whose rows come as arrays of unparsed texts: the rows of roll-ups are many, and their readers
 * know what each column is.
 */
export async function rawRows(
  client: pg.ClientBase | pg.Pool,
  text: string,
  values: readonly unknown[],
): Promise<Text[][]> {
  const result = await client.query<Text[]>({ text, values: [...values], rowMode: 'array', types: asSent });
  return result.rows;
}

/** SQL for a timestamptz as Unix milliseconds. */
export const epochMs = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

export const number = (text: Text | undefined): number => Number(text ?? 0);
export const numberOrNull = (text: Text | undefined): number | null =>
  text === null || text === undefined ? null : Number(text);

/** A bytea as PostgreSQL prints it: `\x` and hexadecimal digits. */
export const bytes = (text: Text | undefined): Buffer => Buffer.from((text ?? '\\x').slice(2), 'hex');

/** A float8[] or int[] of one dimension. */
export function numbers(text: Text | undefined): number[] {
  const inner = (text ?? '{}').slice(1, -1);
  return inner === '' ? [] : inner.split(',').map(Number);
}
