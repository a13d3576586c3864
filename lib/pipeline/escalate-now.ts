import { inArray } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import { databaseNow } from '#db/now.ts';
import { alerts } from '#db/schema/alerts.ts';
import { systemDoer, writeTimeline } from '#lib/alerts/timeline.ts';
import { hurryEscalations, withoutHope } from '#lib/on-call/hurry.ts';

async function hurry(tx: Tx, alertIds: readonly string[], reason: string): Promise<void> {
  const hurried = await hurryEscalations(tx, alertIds);
  if (hurried.length === 0) return;
  const at = await databaseNow(tx);
  const rows = await tx
    .select({ alertId: alerts.id, teamId: alerts.teamId })
    .from(alerts)
    .where(inArray(alerts.id, hurried));
  for (const [teamId, own] of Map.groupBy(rows, (row) => row.teamId)) {
    const entries = own.map(({ alertId }) => ({
      alertId,
      kind: 'escalation_hurried' as const,
      note: reason,
    }));
    await writeTimeline(tx, teamId, systemDoer('escalation'), entries, at);
  }
}

/**
 * Escalates alerts now whose messages failed, where nothing of their step is left that could reach somebody
 * (alerting S93). Call it in the transaction that writes the failure, and wake `escalations` after the commit.
 */
export async function escalateFailedSteps(tx: Tx, alertIds: readonly string[]): Promise<void> {
  if (alertIds.length === 0) return;
  const hopeless = await withoutHope(tx, alertIds);
  if (hopeless.length > 0) await hurry(tx, hopeless, 'no message of the step arrived');
}
