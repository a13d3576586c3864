/**
 * Access policy: who may do what. One table of permissions in code; every door asks it through
 * `require.ts`; unknown means no.
 *
 * This file holds the permission table. A permission is `noun:verb`; there are no wildcards, so a new
 * permission is granted to nobody until a row here says so (security Z3).
 */
export const BUILT_IN_ROLES = ['admin', 'developer', 'viewer'] as const;
export type Role = (typeof BUILT_IN_ROLES)[number];

/** What an API key may be allowed to do. */
export const KEY_SCOPES = ['ingest', 'read', 'write'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

interface Grant {
  readonly roles: readonly Role[];
  readonly scopes: readonly KeyScope[];
  /** What it allows, as the role editor says it; none for what only named parts of the system hold. */
  readonly says?: string;
  /** Concerns the whole installation: it counts through a global role only, never through one of a team. */
  readonly global?: true;
}

const nobody: readonly Role[] = [];
const everyone: readonly Role[] = ['admin', 'developer', 'viewer'];
const builders: readonly Role[] = ['admin', 'developer'];
const admins: readonly Role[] = ['admin'];

const people = (roles: readonly Role[], says: string) => ({ roles, scopes: [], says }) as const;
const reading = (says: string) => ({ roles: everyone, scopes: ['read', 'write'], says }) as const;
const building = (says: string) => ({ roles: builders, scopes: ['write'], says }) as const;
const governing = (says: string) => ({ roles: admins, scopes: [], says, global: true }) as const;
/** Held by named parts of the system only. */
const system = { roles: nobody, scopes: [] } as const;

/** permission -> built-in roles and key scopes that hold it. */
export const PERMISSIONS = {
  'telemetry:ingest': { roles: nobody, scopes: ['ingest'] },
  'agents:read': reading('See agents, their health and configuration'),
  'agents:create': building('Make agents by hand'),
  'agents:update': building('Edit agents'),
  'agents:delete': building('Delete agents'),
  'agents:control': building('Start and stop agents'),
  'agents:claim': people(builders, 'Become the owner of a discovered agent'),
  'clusters:read': reading('See clusters and what runs in them'),
  'clusters:manage': people(admins, 'Connect clusters'),
  'deployments:read': reading('See deployments'),
  'deployments:create': building('Deploy agents'),
  'deployments:rollback': building('Roll deployments back'),
  'deployments:approve': people(builders, 'Approve deployments'),
  'deployments:configure': people(admins, 'Decide how agents may be deployed and scaled'),
  'workloads:logs': building('Read the logs of running workloads'),
  'workloads:operate': building('Restart, scale and pause workloads, and edit their autoscalers'),
  'repositories:read': reading('See repositories'),
  'repositories:manage': people(admins, 'Connect repositories'),
  'registries:manage': people(admins, 'Keep the logins of image registries'),
  'metrics:read': reading('Query metrics and see live values'),
  'runs:read': reading('See runs, without prompts and completions'),
  'content:read': people(admins, 'Read prompts, completions and tool arguments; each look is recorded'),
  'content:manage': people(admins, 'Choose whether content is stored, and what is redacted'),
  'content:erase': people(admins, 'Erase what is stored of an agent, a conversation or a user'),
  'alert-rules:read': reading('See alert rules'),
  'alert-rules:create': building('Make alert rules'),
  'alert-rules:update': building('Edit alert rules'),
  'alert-rules:delete': building('Delete alert rules'),
  'health:read': reading('See health transitions'),
  'receiver:read': reading('See what the receiver took and refused'),
  'alerts:read': reading('See alerts'),
  'alerts:acknowledge': building('Acknowledge alerts'),
  'alerts:resolve': building('Resolve alerts and open them again'),
  'alerts:snooze': building('Snooze alerts'),
  'alerts:assign': building('Hand alerts to somebody else'),
  'alerts:comment': building('Comment on alerts and say of what worth they were'),
  'alerts:mute': building('Silence alerts and plan maintenance'),
  'alert-routing:manage': building('Decide which alert goes where'),
  'alert-integrations:manage': people(builders, 'Connect alert senders'),
  'on-call:read': reading('See who is on call'),
  'on-call:override': building('Take over or hand on a shift'),
  'on-call:manage': building('Edit schedules and escalation policies'),
  'notification-channels:read': reading('See notification channels'),
  'notification-channels:manage': building('Edit notification channels'),
  'notification-channels:test': people(builders, 'Send test messages'),
  'notifications:read': reading('See what was sent to whom'),
  'devices:manage-own': people(everyone, 'Receive pushes on own devices'),
  'contact-methods:manage-own': people(everyone, 'Choose how to be reached'),
  'api-keys:read': people(builders, 'See API keys, without the keys themselves'),
  'api-keys:create': people(builders, 'Make API keys'),
  'api-keys:rotate': people(builders, 'Replace API keys by new ones'),
  'api-keys:revoke': people(builders, 'Revoke API keys'),
  'members:read': people(builders, 'See the members of the team'),
  'members:manage': people(admins, 'Invite people, change their roles and remove them from the team'),
  'roles:read': people(builders, 'See roles and what they allow'),
  'roles:manage': people(admins, 'Make and edit roles of the team'),
  'audit:read': people(admins, 'Read the audit log of the team'),
  'audit:export': people(admins, 'Export the audit log of the team'),
  'audit:verify': people(admins, 'Verify that the audit log was not altered'),
  'team:read': people(everyone, 'See the settings of the team'),
  'team:update': people(admins, 'Change the settings of the team'),
  'profile:manage-own': people(everyone, 'Edit the own profile'),
  'credentials:manage-own': people(everyone, 'Change the own password, second factor and passkeys'),
  'sessions:start': people(everyone, 'Sign in'),
  'sessions:read-own': people(everyone, 'See the own sessions'),
  'sessions:end-own': people(everyone, 'End the own sessions'),
  'sessions:read-any': people(admins, 'See the sessions of the members'),
  'sessions:end-any': people(admins, 'End sessions of the members'),
  'teams:create': governing('Make teams'),
  'teams:delete': governing('Delete teams'),
  'accounts:read': governing('See every account of the installation'),
  'accounts:manage': governing('Disable and delete accounts, and grant global roles'),
  'global-roles:manage': governing('Make and edit roles of the installation'),
  'identity-providers:manage': governing('Set up single sign-on and map groups to roles'),
  'provisioning:manage': governing('Let an identity provider keep accounts and groups (SCIM)'),
  'installation:read': governing('See the settings of the installation'),
  'installation:update': governing('Change feature flags, rate limits and the mail server'),
  'setup:issue-link': system,
  'setup:complete': system,
  'members:register': system,
  'members:sync-groups': system,
  'accounts:provision': system,
  'invitations:accept': system,
  'password:reset': system,
} as const satisfies Record<string, Grant>;

export type Permission = keyof typeof PERMISSIONS;

const allPermissions = Object.keys(PERMISSIONS) as Permission[];

/** The row of a permission; one that is not in the table is granted to nobody. */
function grantOf(permission: string): Grant | null {
  return Object.hasOwn(PERMISSIONS, permission) ? PERMISSIONS[permission as Permission] : null;
}

export function isBuiltIn(role: string): role is Role {
  return (BUILT_IN_ROLES as readonly string[]).includes(role);
}

export function scopeHolds(scope: KeyScope, permission: Permission): boolean {
  return grantOf(permission)?.scopes.includes(scope) ?? false;
}

/** The scopes of a key that hold a permission. */
export function scopesWith(permission: Permission): readonly KeyScope[] {
  return grantOf(permission)?.scopes ?? [];
}

/** What a role can be made of, in the order of the table, with the words of the role editor. */
export const GRANTABLE: readonly { permission: Permission; says: string; global: boolean }[] =
  allPermissions.flatMap((permission) => {
    const { says, global } = grantOf(permission) ?? {};
    return says === undefined ? [] : [{ permission, says, global: global === true }];
  });

/** A role that somebody was granted: its id, and for a custom one what it is made of. */
export interface RoleDefinition {
  id: string;
  permissions: readonly string[];
}

/**
 * What a role holds. Built-in roles have their rows in the table; of a custom one counts what the table knows and
 * lets people be granted (security Z3).
 */
export function permissionsOfRole({ id, permissions }: RoleDefinition): Permission[] {
  return GRANTABLE.map(({ permission }) => permission).filter((permission) =>
    isBuiltIn(id) ? grantOf(permission)?.roles.includes(id) : permissions.includes(permission),
  );
}

/**
 * What a person holds in a team: what the roles there and the global ones add up to. What concerns the whole
 * installation counts through a global role only.
 */
export function effectivePermissions(
  inTeam: readonly RoleDefinition[],
  globally: readonly RoleDefinition[],
): ReadonlySet<Permission> {
  const local = inTeam.flatMap(permissionsOfRole).filter((permission) => !grantOf(permission)?.global);
  return new Set([...globally.flatMap(permissionsOfRole), ...local]);
}

/** The built-in roles that hold a permission. */
export function builtInRolesWith(permission: Permission): readonly Role[] {
  return grantOf(permission)?.roles ?? [];
}
