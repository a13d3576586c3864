import { and, eq, isNotNull, lt, sql } from 'drizzle-orm';
import { repositories } from '#db/schema/repositories.ts';
import { isAppError } from '#lib/kernel/errors.ts';
import { noteLimit } from './host-limits.ts';
import { hostedOf } from './hosted.ts';
import type { HostTools } from './tell-statuses.ts';

const BATCH = 20;

type Row = typeof repositories.$inferSelect;

async function errorOf({ db, sealer, host }: HostTools, row: Row): Promise<string | null> {
  try {
    await (await host()).check(hostedOf(row, sealer));
    return null;
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'rate_limited') await noteLimit(db, row, error.retryAfterSeconds ?? 60);
    return error.message;
  }
}

/** Looks at the repositories that somebody wants to know of. A second look that a second worker takes does no harm. */
export async function checkRepositories(tools: HostTools): Promise<number> {
  const rows = await tools.db
    .select()
    .from(repositories)
    .where(isNotNull(repositories.checkRequestedAt))
    .limit(BATCH);
  for (const row of rows) {
    const checkError = await errorOf(tools, row);
    const requested = row.checkRequestedAt ?? new Date(0);
    // Who asks again meanwhile is told of a look that was made after that.
    const isSame = lt(repositories.checkRequestedAt, new Date(requested.getTime() + 1));
    await tools.db
      .update(repositories)
      .set({
        checkedAt: sql`now()`,
        checkError,
        checkRequestedAt: sql`case when ${isSame} then null else ${repositories.checkRequestedAt} end`,
      })
      .where(and(eq(repositories.id, row.id)));
  }
  return rows.length;
}
