import { desc } from 'drizzle-orm';
import type { ReceptionStretch } from '#lib/model/reception.ts';
import type { Reader } from './client.ts';
import { receptions } from './schema/receptions.ts';

/** More breaks than a month of restarts has; older ones are then left out. */
const MOST = 1000;

/** When telemetry could be taken, as far back as it is known. */
export async function readReceptions(db: Reader): Promise<ReceptionStretch[]> {
  const rows = await db
    .select({ fromAt: receptions.fromAt, toAt: receptions.toAt })
    .from(receptions)
    .orderBy(desc(receptions.toAt))
    .limit(MOST);
  return rows.map(({ fromAt, toAt }) => ({ fromMs: fromAt.getTime(), toMs: toAt.getTime() }));
}
