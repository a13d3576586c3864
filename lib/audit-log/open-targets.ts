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
  /** How rows with one of some ids are found, where the id as text has no index. */
  among?: (ids: readonly string[]) => SQL;
  /** Which rows of the table the reader may open there; those with the team's id, if nothing else is said. */
  ofTeam?: (teamId: string, readerId: string) => SQL;
  /** What makes a row gone. */
  gone?: SQL;
  /** The column of the thing whose page shows it, where it has none of its own. */
  shownBy?: SQL;
}

/** A target that opens, and the id of the thing whose page shows it. */
interface Found extends Record<string, unknown> {
  kind: string;
  id: string;
  shown_by: string | null;
}

/** What people keep for themselves is shown to nobody else. */
const ownOnly = (_teamId: string, readerId: string): SQL => sql`user_id::text = ${readerId}`;

const deleted = sql`deleted_at is not null`;
const PLACES: Readonly<Record<string, Place>> = {
  agent: { permission: 'agents:read', table: sql`agents`, gone: deleted },
  alert: { permission: 'alerts:read', table: sql`alerts` },
  'alert-integration': { permission: 'alert-integrations:manage', table: sql`alert_integrations` },
  'alert-route': { permission: 'alert-routing:manage', table: sql`alert_routes` },
  'alert-rule': { permission: 'alert-rules:read', table: sql`alert_rules`, gone: deleted },
  'api-key': { permission: 'api-keys:read', table: sql`api_keys` },
  cluster: { permission: 'clusters:read', table: sql`clusters` },
  'cluster-agent': {
    permission: 'clusters:read',
    table: sql`cluster_agents`,
    gone: sql`presence = 'archived'`,
  },
  'contact-method': {
    permission: 'contact-methods:manage-own',
    table: sql`contact_methods`,
    ofTeam: ownOnly,
  },
  deployment: { permission: 'deployments:read', table: sql`deployments` },
  device: { permission: 'devices:manage-own', table: sql`push_subscriptions`, ofTeam: ownOnly },
  erasure: { permission: 'content:erase', table: sql`content_erasures` },
  'escalation-policy': { permission: 'on-call:read', table: sql`escalation_policies`, gone: deleted },
  'freeze-window': { permission: 'deployments:read', table: sql`freeze_windows` },
  'gate-source': { permission: 'deployments:read', table: sql`gate_sources` },
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
  passkey: { permission: 'credentials:manage-own', table: sql`passkeys`, ofTeam: ownOnly },
  'redaction-rule': { permission: 'content:manage', table: sql`redaction_rules` },
  'deploy-trigger': { permission: 'repositories:read', table: sql`deploy_triggers` },
  registry: { permission: 'registries:manage', table: sql`registries` },
  repository: { permission: 'repositories:read', table: sql`repositories` },
  role: { permission: 'roles:manage', table: sql`roles` },
  run: {
    permission: 'runs:read',
    table: sql`spans`,
    id: sql`encode(trace_id, 'hex')`,
    among: (ids) =>
      sql`trace_id in (${sql.join(
        ids.map((id) => sql`decode(${id}, 'hex')`),
        sql`, `,
      )})`,
  },
  schedule: { permission: 'on-call:read', table: sql`schedules`, gone: deleted },
  'schedule-override': {
    permission: 'on-call:read',
    table: sql`schedule_overrides`,
    shownBy: sql`schedule_id`,
  },
  'scim-client': { permission: 'provisioning:manage', table: sql`scim_tokens`, ofTeam: () => sql`true` },
  session: {
    permission: 'sessions:read-any',
    table: sql`sessions`,
    ofTeam: (teamId) => sql`user_id in (select m.user_id from memberships m where m.team_id = ${teamId})`,
    shownBy: sql`user_id`,
  },
  silence: { permission: 'alerts:mute', table: sql`silences` },
  team: { permission: 'team:read', table: sql`teams`, ofTeam: (teamId) => sql`id = ${teamId}` },
  user: { permission: 'sessions:read-any', table: sql`memberships`, id: sql`user_id` },
};

/** Sections of the settings of the installation have a page each. */
const INSTALLATION = ['feature-flags', 'mail-server', 'rate-limits'];
/** A UUID, or the id of a trace. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{32}$/;

const keyOf = ({ targetKind, targetId }: AuditTarget): string => `${targetKind} ${targetId}`;

/** Asks which things of one kind the team has. */
function askFor(
  kind: string,
  place: Place,
  { teamId, readerId }: { teamId: string; readerId: string },
  targets: readonly AuditTarget[],
): SQL {
  const ids = [...new Set(targets.map(({ targetId }) => targetId))];
  const id = sql`${place.id ?? sql`id`}::text`;
  const among =
    place.among?.(ids) ??
    sql`${id} in (${sql.join(
      ids.map((each) => sql`${each}`),
      sql`, `,
    )})`;
  return sql`select distinct ${kind}::text as kind, ${id} as id, ${place.shownBy ?? sql`null`}::text as shown_by
    from ${place.table}
    where ${place.ofTeam?.(teamId, readerId) ?? sql`team_id = ${teamId}`} and ${among}
      and not (${place.gone ?? sql`false`})`;
}

/**
 * Says of targets that rows speak of whether who reads could open a page about them: they are still there, in the
 * ledger's team, and the reader's role lets them. One statement for a page of rows.
 *
 * @param ledger the team whose rows they are
 * @returns for a target that opens the id of the thing whose page shows it, which mostly is its own; else null
 */
export async function findOpenTargets(
  { db, actor }: { db: Reader; actor: Actor },
  ledger: string,
  targets: readonly AuditTarget[],
): Promise<(target: AuditTarget) => string | null> {
  const askable = targets.filter(({ targetKind, targetId }) => {
    const place = Object.hasOwn(PLACES, targetKind) ? PLACES[targetKind] : undefined;
    return place !== undefined && ID.test(targetId) && holds(actor, place.permission);
  });
  const found = new Map<string, string>();
  const open = (target: AuditTarget, shownBy = target.targetId) => found.set(keyOf(target), shownBy);
  if (holds(actor, 'installation:read'))
    for (const section of INSTALLATION) open({ targetKind: 'installation', targetId: section });
  if (holds(actor, 'identity-providers:manage')) open({ targetKind: 'group-mapping', targetId: '' });
  const reader = { teamId: ledger, readerId: actor.kind === 'user' ? actor.userId : '' };
  const asked = [...Map.groupBy(askable, ({ targetKind }) => targetKind)].flatMap(([kind, ofKind]) => {
    const place = PLACES[kind];
    return place ? [askFor(kind, place, reader, ofKind)] : [];
  });
  if (asked.length > 0) {
    const rows = await db.execute<Found>(sql.join(asked, sql` union all `));
    for (const { kind, id, shown_by } of rows) open({ targetKind: kind, targetId: id }, shown_by ?? id);
  }
  return (target) => found.get(keyOf(target)) ?? null;
}
