import { type SQL, sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';

/** Kinds of targets with a page of their own: the table, and what makes a row of it gone. */
const TABLES: Readonly<Record<string, { table: SQL; gone: SQL }>> = {
  agent: { table: sql`agents`, gone: sql`deleted_at is not null` },
  alert: { table: sql`alerts`, gone: sql`false` },
  'alert-route': { table: sql`alert_routes`, gone: sql`false` },
  'alert-rule': { table: sql`alert_rules`, gone: sql`deleted_at is not null` },
  'escalation-policy': { table: sql`escalation_policies`, gone: sql`deleted_at is not null` },
  'maintenance-window': { table: sql`maintenance_windows`, gone: sql`false` },
  'notification-channel': { table: sql`notification_channels`, gone: sql`deleted_at is not null` },
  schedule: { table: sql`schedules`, gone: sql`deleted_at is not null` },
  silence: { table: sql`silences`, gone: sql`false` },
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Target {
  targetKind: string;
  targetId: string;
}

const keyOf = ({ targetKind, targetId }: Target): string => `${targetKind} ${targetId}`;

/** Says of targets that rows speak of whether the team still has them; one statement for a page of rows. */
export async function findExistingTargets(
  db: Reader,
  teamId: string,
  targets: readonly Target[],
): Promise<(target: Target) => boolean> {
  const askable = targets.filter(({ targetKind, targetId }) => targetKind in TABLES && UUID.test(targetId));
  const found = new Set<string>();
  const asked = [...Map.groupBy(askable, ({ targetKind }) => targetKind)].flatMap(([kind, ofKind]) => {
    const known = TABLES[kind];
    if (!known) return [];
    const ids = sql.join(
      [...new Set(ofKind.map(({ targetId }) => targetId))].map((id) => sql`${id}::uuid`),
      sql`, `,
    );
    return [
      sql`select ${kind}::text as kind, id::text as id from ${known.table}
          where team_id = ${teamId} and id in (${ids}) and not (${known.gone})`,
    ];
  });
  if (asked.length > 0) {
    const rows = await db.execute<{ kind: string; id: string }>(sql.join(asked, sql` union all `));
    for (const { kind, id } of rows) found.add(keyOf({ targetKind: kind, targetId: id }));
  }
  return (target) => found.has(keyOf(target));
}
