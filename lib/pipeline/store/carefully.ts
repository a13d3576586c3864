import type pg from 'pg';
import type { CopyWriter } from '#db/copy-writer.ts';
import { copyIn } from '#db/telemetry-pool.ts';
import { storeFailure } from './errors.ts';

const DAY_MS = 86_400_000;

/** Positions of the spans that are in the table already. */
export async function findStoredSpans(
  tx: pg.ClientBase,
  spans: readonly { teamId: string; traceId: string; spanId: string; day: Date }[],
): Promise<Set<number>> {
  const stored = new Set<number>();
  const byDay = Map.groupBy(
    spans.map((span, position) => ({ ...span, position })),
    (span) => span.day.getTime(),
  );
  for (const [day, ofDay] of byDay) {
    const found = await tx.query<{ position: number }>(
      `select asked.position
       from unnest($1::bytea[], $2::bytea[], $3::int[], $6::uuid[]) as asked (trace_id, span_id, position, team_id)
       where exists (select from spans s where s.trace_id = asked.trace_id and s.span_id = asked.span_id
                     and s.team_id = asked.team_id
                     and s.end_at >= $4 and s.end_at < $5)`,
      [
        ofDay.map((span) => Buffer.from(span.traceId, 'hex')),
        ofDay.map((span) => Buffer.from(span.spanId, 'hex')),
        ofDay.map((span) => span.position),
        new Date(day),
        new Date(day + DAY_MS),
        ofDay.map((span) => span.teamId),
      ],
    );
    for (const row of found.rows) stored.add(row.position);
  }
  return stored;
}

/**
 * Copies rows, each half on its own when the whole is refused, so that only the rows that can't be stored are
 * left out. Costs a savepoint a try: not for the plain way.
 *
 * @throws what has nothing to do with a row, and a clash with a span that another writer stores just now
 */
export async function copyCarefully<Row>(
  tx: pg.ClientBase,
  target: string,
  rows: readonly Row[],
  encode: (rows: readonly Row[]) => CopyWriter,
  refuse: (row: Row) => void,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query('savepoint copying');
  try {
    await copyIn(tx, target, encode(rows));
    await tx.query('release savepoint copying');
  } catch (error) {
    if (storeFailure(error) !== 'row' || isClash(error)) throw error;
    await tx.query('rollback to savepoint copying');
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) return refuse(only);
    const half = rows.length >> 1;
    await copyCarefully(tx, target, rows.slice(0, half), encode, refuse);
    await copyCarefully(tx, target, rows.slice(half), encode, refuse);
  }
}

/** A rival stored the same span between the look and the write: the whole batch looks again. */
function isClash(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}
