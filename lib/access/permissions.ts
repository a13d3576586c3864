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
}

const nobody: readonly Role[] = [];
const everyone: readonly Role[] = ['admin', 'developer', 'viewer'];
const builders: readonly Role[] = ['admin', 'developer'];
const admins: readonly Role[] = ['admin'];

/** permission -> built-in roles and key scopes that hold it. */
export const PERMISSIONS = {
  'telemetry:ingest': { roles: nobody, scopes: ['ingest'] },
  'agents:read': { roles: everyone, scopes: ['read', 'write'] },
  'agents:create': { roles: builders, scopes: ['write'] },
  'agents:update': { roles: builders, scopes: ['write'] },
  'agents:delete': { roles: builders, scopes: ['write'] },
  'agents:control': { roles: builders, scopes: ['write'] },
  'agents:claim': { roles: builders, scopes: [] },
  'metrics:read': { roles: everyone, scopes: ['read', 'write'] },
  'runs:read': { roles: everyone, scopes: ['read', 'write'] },
  'content:read': { roles: admins, scopes: [] },
  'alert-rules:read': { roles: everyone, scopes: ['read', 'write'] },
  'alert-rules:create': { roles: builders, scopes: ['write'] },
  'alert-rules:update': { roles: builders, scopes: ['write'] },
  'alert-rules:delete': { roles: builders, scopes: ['write'] },
  'health:read': { roles: everyone, scopes: ['read', 'write'] },
  'receiver:read': { roles: everyone, scopes: ['read', 'write'] },
  'alerts:read': { roles: everyone, scopes: ['read', 'write'] },
  'alerts:respond': { roles: builders, scopes: ['write'] },
  'alerts:mute': { roles: builders, scopes: ['write'] },
  'alert-routing:manage': { roles: builders, scopes: ['write'] },
  'alert-integrations:manage': { roles: builders, scopes: [] },
  'on-call:read': { roles: everyone, scopes: ['read', 'write'] },
  'on-call:override': { roles: builders, scopes: ['write'] },
  'on-call:manage': { roles: builders, scopes: ['write'] },
  'notification-channels:read': { roles: everyone, scopes: ['read', 'write'] },
  'notification-channels:manage': { roles: builders, scopes: ['write'] },
  'notification-channels:test': { roles: builders, scopes: [] },
  'notifications:read': { roles: everyone, scopes: ['read', 'write'] },
  'devices:manage-own': { roles: everyone, scopes: [] },
  'contact-methods:manage-own': { roles: everyone, scopes: [] },
  'api-keys:read': { roles: builders, scopes: [] },
  'api-keys:create': { roles: builders, scopes: [] },
  'api-keys:revoke': { roles: builders, scopes: [] },
  'members:read': { roles: builders, scopes: [] },
  'audit:read': { roles: admins, scopes: [] },
  'team:read': { roles: everyone, scopes: [] },
  'team:update': { roles: admins, scopes: [] },
  'sessions:start': { roles: everyone, scopes: [] },
  'sessions:read-own': { roles: everyone, scopes: [] },
  'sessions:end-own': { roles: everyone, scopes: [] },
  'sessions:end-any': { roles: admins, scopes: [] },
  // Held by named parts of the system only: the first start and single sign-on.
  'setup:issue-link': { roles: nobody, scopes: [] },
  'setup:complete': { roles: nobody, scopes: [] },
  'members:register': { roles: nobody, scopes: [] },
} as const satisfies Record<string, Grant>;

export type Permission = keyof typeof PERMISSIONS;

/** The row of a permission; one that is not in the table is granted to nobody. */
function grantOf(permission: Permission): Grant | null {
  return Object.hasOwn(PERMISSIONS, permission) ? PERMISSIONS[permission] : null;
}

export function roleHolds(role: Role, permission: Permission): boolean {
  return grantOf(permission)?.roles.includes(role) ?? false;
}

export function scopeHolds(scope: KeyScope, permission: Permission): boolean {
  return grantOf(permission)?.scopes.includes(scope) ?? false;
}
