import { type SQL, sql } from 'drizzle-orm';
import type { Reader } from '#db/client.ts';
import type { Actor } from '#lib/access/actor.ts';
import type { Permission } from '#lib/access/permissions.ts';
import { holds } from '#lib/access/require.ts';
import type { AuditTarget } from '#lib/model/audit-log.ts';

/** Where things with a page of their own stand, and what their page asks of who opens it. */
interface Place {
  permission: Permission;
  table: SQL;
  /** The column of the id, where it is another. */
  id?: SQL;
  /** Which rows of the table the team has; those with its id, if nothing else is said. */
  ofTeam?: (teamId: string) => SQL;
  /** What makes a row gone. */
  gone?: SQL;
}

const deleted = sql`deleted_at is not null`;
const PLACES: Readonly<Record<string, Place>> = {
  agent: { permission: 'agents:read', table: sql`agents`, gone: deleted },
  alert: { permission: 'alerts:read', table: sql`alerts` },
  'alert-integration': { permission: 'alert-integrations:manage', table: sql`alert_integrations` },
  'alert-route': { permission: 'alert-routing:manage', table: sql`alert_routes` },
  'alert-rule': { permission: 'alert-rules:read', table: sql`alert_rules`, gone: deleted },
  'api-key': { permission: 'api-keys:read', table: sql`api_keys` },
  'escalation-policy': { permission: 'on-call:read', table: sql`escalation_policies`, gone: deleted },
  'identity-provider': {
    permission: 'identity-providers:manage',
    table: sql`identity_providers`,
    ofTeam: () => sql`true`,
  },
  invitation: {
    permission: 'members:read',
    table: sql`invitations`,
    gone: sql`accepted_at is not null or revoked_at is not null`,
  },
  'maintenance-window': { permission: 'alerts:mute', table: sql`maintenance_windows` },
  'notification-channel': {
    permission: 'notification-channels:read',
    table: sql`notification_channels`,
    gone: deleted,
  },
  'redaction-rule': { permission: 'content:manage', table: sql`redaction_rules` },
  role: { permission: 'roles:manage', table: sql`roles` },
  schedule: { permission: 'on-call:read', table: sql`schedules`, gone: deleted },
  silence: { permission: 'alerts:mute', table: sql`silences` },
  team: { permission: 'team:read', table: sql`teams`, ofTeam: (teamId) => sql`id = ${teamId}` },
  user: { permission: 'sessions:read-any', table: sql`memberships`, id: sql`user_id` },
};

/** Sections of the settings of the installation have a page each. */
const INSTALLATION = ['feature-flags', 'mail-server', 'rate-limits'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const keyOf = ({ targetKind, targetId }: AuditTarget): string => `${targetKind} ${targetId}`;

/** Asks which things of one kind the team has. */
function askFor(kind: string, place: Place, teamId: string, targets: readonly AuditTarget[]): SQL {
  const asked = [...new Set(targets.map(({ targetId }) => targetId))].map((id) => sql`${id}`);
  const id = sql`${place.id ?? sql`id`}::text`;
  return sql`select ${kind}::text as kind, ${id} as id from ${place.table}
    where ${place.ofTeam?.(teamId) ?? sql`team_id = ${teamId}`} and ${id} in (${sql.join(asked, sql`, `)})
      and not (${place.gone ?? sql`false`})`;
}

/**
 * Says of targets that rows speak of whether who reads could open a page about them: they are still there, in the
 * ledger's team, and the reader's role lets them. One statement for a page of rows.
 *
 * @param ledger the team whose rows they are
 */
export async function findOpenTargets(
  { db, actor }: { db: Reader; actor: Actor },
  ledger: string,
  targets: readonly AuditTarget[],
): Promise<(target: AuditTarget) => boolean> {
  const askable = targets.filter(({ targetKind, targetId }) => {
    const place = Object.hasOwn(PLACES, targetKind) ? PLACES[targetKind] : undefined;
    return place !== undefined && UUID.test(targetId) && holds(actor, place.permission);
  });
  const found = new Set<string>();
  if (holds(actor, 'installation:read'))
    for (const section of INSTALLATION) found.add(keyOf({ targetKind: 'installation', targetId: section }));
  const asked = [...Map.groupBy(askable, ({ targetKind }) => targetKind)].flatMap(([kind, ofKind]) => {
    const place = PLACES[kind];
    return place ? [askFor(kind, place, ledger, ofKind)] : [];
  });
  if (asked.length > 0) {
    const rows = await db.execute<{ kind: string; id: string }>(sql.join(asked, sql` union all `));
    for (const { kind, id } of rows) found.add(keyOf({ targetKind: kind, targetId: id }));
  }
  return (target) => found.has(keyOf(target));
}
