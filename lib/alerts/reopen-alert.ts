import { sql } from 'drizzle-orm';
import type { Tx } from '#db/client.ts';
import type { ChangedAlert } from '#lib/model/alert-finding.ts';
import { uuidv7 } from '#lib/model/uuid.ts';
import type { OpenAlert } from './open-alerts.ts';
import type { Taking } from './take-alerts.ts';
import { doerOf, writeTimeline } from './timeline.ts';
import { insertAlerts, type NewAlert } from './write-alerts.ts';

/**
 * Opens an occurrence that continues a resolved one, with a row in the timeline of each.
 *
 * @returns null where the same alert fires again already
 */
export async function reopenAlert(tx: Tx, old: OpenAlert, taking: Taking): Promise<ChangedAlert | null> {
  const { actor, via, note, at } = taking;
  const fresh: NewAlert = {
    ...old,
    id: uuidv7(),
    status: 'active',
    startsAt: at,
    endsAt: null,
    endsByTimeout: false,
    suppressedBy: [],
    version: 1,
    flapping: false,
    reason: 'reopened',
  };
  const { made } = await insertAlerts(tx, [fresh], at);
  if (made.length === 0) return null;
  await tx.execute(sql`update alerts set reopened_from = ${old.id}::uuid where id = ${fresh.id}::uuid`);
  const entries = [
    { alertId: old.id, kind: 'reopened' as const, note, details: { as: fresh.id } },
    { alertId: fresh.id, kind: 'opened' as const, note: 'reopened', details: { from: old.id } },
  ];
  await writeTimeline(tx, old.teamId, doerOf(actor, via), entries, at);
  return { alertId: fresh.id, fingerprint: fresh.fingerprint, change: 'opened', alert: fresh };
}
