import type { AgentRow } from './agent-view.ts';

/**
 * Rows of agents by column, as a page is sent to the browser: a thousand rows of objects repeat their keys and
 * most of their values and are most of the page. A column that says the same of every agent has one value.
 */
export interface AgentColumns {
  count: number;
  columns: { readonly [Key in keyof AgentRow]?: readonly AgentRow[Key][] };
}

/** Puts rows into columns. */
export function toColumns(rows: readonly AgentRow[]): AgentColumns {
  const [first] = rows;
  if (!first) return { count: 0, columns: {} };
  const columns = Object.keys(first).map((name) => {
    const values = rows.map((row) => row[name as keyof AgentRow]);
    const texts = new Set(values.map((value) => JSON.stringify(value)));
    return [name, texts.size === 1 ? values.slice(0, 1) : values];
  });
  return { count: rows.length, columns: Object.fromEntries(columns) };
}

/** The rows that were put into columns. */
export function fromColumns({ count, columns }: AgentColumns): AgentRow[] {
  const entries = Object.entries(columns) as [string, readonly unknown[]][];
  return Array.from(
    { length: count },
    (_, i) =>
      Object.fromEntries(
        entries.map(([name, values]) => [name, values.length === 1 ? values[0] : values[i]]),
      ) as unknown as AgentRow,
  );
}
