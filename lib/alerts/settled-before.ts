import { eq } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { alerts } from '#db/schema/alerts.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { SettledBefore } from '#lib/model/alert-response.ts';
import { selectAlertRows, toAlertRow } from './alert-rows.ts';

/** Who has an alert or ended it, for whoever came second; null where that was the actor or nobody. */
export async function settledBefore(tx: Tx, actor: Actor, id: string): Promise<SettledBefore | null> {
  const [record] = await selectAlertRows(tx, actor.teamId, eq(alerts.id, id));
  if (!record) return null;
  const { status, acknowledged, resolved } = toAlertRow(record);
  const [done, doer] =
    status === 'resolved' ? [resolved, record.alert.resolvedBy] : [acknowledged, record.alert.acknowledgedBy];
  if (!done || (actor.kind === 'user' && actor.userId === doer)) return null;
  return { by: done.by, at: done.at };
}
