import { and, eq, inArray } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import { alerts } from '#db/schema/alerts.ts';

/** Which of these teams has an alert; null where none of them does. */
export async function teamOfAlert(
  db: Reader,
  teamIds: readonly string[],
  alertId: string,
): Promise<string | null> {
  const [row] = await db
    .select({ teamId: alerts.teamId })
    .from(alerts)
    .where(and(eq(alerts.id, alertId), inArray(alerts.teamId, [...teamIds])));
  return row?.teamId ?? null;
}
