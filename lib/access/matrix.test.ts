import { expect, test } from 'vitest';
import type { Actor } from './actor.ts';
import {
  BUILT_IN_ROLES,
  effectivePermissions,
  GRANTABLE,
  KEY_SCOPES,
  PERMISSIONS,
  type Permission,
  permissionsOfRole,
  type Role,
} from './permissions.ts';
import {
  holds,
  holdsScope,
  refuseMoreThanHeld,
  refuseStronger,
  requirePermission,
  requireRecentSignIn,
} from './require.ts';

const teamId = '019a0000-0000-7000-8000-000000000001';
const origin = { ip: null, userAgent: null, requestId: 'r' };
const permissions = Object.keys(PERMISSIONS) as Permission[];
const person = { kind: 'user', userId: 'u', sessionId: 's', email: 'e', name: 'n', teamId, origin } as const;
const key = { kind: 'key', keyId: 'k', keyName: 'n', teamId, origin } as const;

const built = (id: Role) => [{ id, permissions: [] }];
const inTeam = (role: Role) =>
  ({ ...person, role, signedInAtMs: 0, permissions: effectivePermissions(built(role), []) }) as const;
const everywhere = (role: Role) =>
  ({ ...person, role, signedInAtMs: 0, permissions: effectivePermissions([], built(role)) }) as const;
const actors: [name: string, actor: Actor][] = [
  ...BUILT_IN_ROLES.map((role): [string, Actor] => [role, inTeam(role)]),
  ...BUILT_IN_ROLES.map((role): [string, Actor] => [`global ${role}`, everywhere(role)]),
  ...KEY_SCOPES.map((scope): [string, Actor] => [`key ${scope}`, { ...key, scopes: [scope] }]),
  ['key without scopes', { ...key, scopes: [] }],
  ['system', { kind: 'system', name: 'loop', teamId, grants: ['agents:read'], origin }],
];

test('security Z3: every actor holds exactly what the table of this test says', () => {
  const matrix = Object.fromEntries(
    actors.map(([name, actor]) => [
      name,
      permissions.filter((permission) => holds(actor, permission)).join(' '),
    ]),
  );
  expect(matrix).toMatchInlineSnapshot(`
    {
      "admin": "agents:read agents:create agents:update agents:delete agents:control agents:claim clusters:read clusters:manage deployments:read deployments:create deployments:rollback deployments:approve deployments:configure workloads:logs workloads:operate repositories:read repositories:manage registries:manage metrics:read runs:read content:read content:manage content:erase alert-rules:read alert-rules:create alert-rules:update alert-rules:delete health:read receiver:read alerts:read alerts:acknowledge alerts:resolve alerts:snooze alerts:assign alerts:comment alerts:mute alert-routing:manage alert-integrations:manage on-call:read on-call:override on-call:manage notification-channels:read notification-channels:manage notification-channels:test notifications:read devices:manage-own contact-methods:manage-own api-keys:read api-keys:create api-keys:rotate api-keys:revoke members:read members:manage roles:read roles:manage audit:read audit:export audit:verify team:read team:update profile:manage-own credentials:manage-own sessions:start sessions:read-own sessions:end-own sessions:read-any sessions:end-any",
      "developer": "agents:read agents:create agents:update agents:delete agents:control agents:claim clusters:read deployments:read deployments:create deployments:rollback deployments:approve workloads:logs workloads:operate repositories:read metrics:read runs:read alert-rules:read alert-rules:create alert-rules:update alert-rules:delete health:read receiver:read alerts:read alerts:acknowledge alerts:resolve alerts:snooze alerts:assign alerts:comment alerts:mute alert-routing:manage alert-integrations:manage on-call:read on-call:override on-call:manage notification-channels:read notification-channels:manage notification-channels:test notifications:read devices:manage-own contact-methods:manage-own api-keys:read api-keys:create api-keys:rotate api-keys:revoke members:read roles:read team:read profile:manage-own credentials:manage-own sessions:start sessions:read-own sessions:end-own",
      "global admin": "agents:read agents:create agents:update agents:delete agents:control agents:claim clusters:read clusters:manage deployments:read deployments:create deployments:rollback deployments:approve deployments:configure workloads:logs workloads:operate repositories:read repositories:manage registries:manage metrics:read runs:read content:read content:manage content:erase alert-rules:read alert-rules:create alert-rules:update alert-rules:delete health:read receiver:read alerts:read alerts:acknowledge alerts:resolve alerts:snooze alerts:assign alerts:comment alerts:mute alert-routing:manage alert-integrations:manage on-call:read on-call:override on-call:manage notification-channels:read notification-channels:manage notification-channels:test notifications:read devices:manage-own contact-methods:manage-own api-keys:read api-keys:create api-keys:rotate api-keys:revoke members:read members:manage roles:read roles:manage audit:read audit:export audit:verify team:read team:update profile:manage-own credentials:manage-own sessions:start sessions:read-own sessions:end-own sessions:read-any sessions:end-any teams:create teams:delete accounts:read accounts:manage global-roles:manage identity-providers:manage provisioning:manage installation:read installation:update",
      "global developer": "agents:read agents:create agents:update agents:delete agents:control agents:claim clusters:read deployments:read deployments:create deployments:rollback deployments:approve workloads:logs workloads:operate repositories:read metrics:read runs:read alert-rules:read alert-rules:create alert-rules:update alert-rules:delete health:read receiver:read alerts:read alerts:acknowledge alerts:resolve alerts:snooze alerts:assign alerts:comment alerts:mute alert-routing:manage alert-integrations:manage on-call:read on-call:override on-call:manage notification-channels:read notification-channels:manage notification-channels:test notifications:read devices:manage-own contact-methods:manage-own api-keys:read api-keys:create api-keys:rotate api-keys:revoke members:read roles:read team:read profile:manage-own credentials:manage-own sessions:start sessions:read-own sessions:end-own",
      "global viewer": "agents:read clusters:read deployments:read repositories:read metrics:read runs:read alert-rules:read health:read receiver:read alerts:read on-call:read notification-channels:read notifications:read devices:manage-own contact-methods:manage-own team:read profile:manage-own credentials:manage-own sessions:start sessions:read-own sessions:end-own",
      "key ingest": "telemetry:ingest",
      "key read": "agents:read clusters:read deployments:read repositories:read metrics:read runs:read alert-rules:read health:read receiver:read alerts:read on-call:read notification-channels:read notifications:read",
      "key without scopes": "",
      "key write": "agents:read agents:create agents:update agents:delete agents:control clusters:read deployments:read deployments:create deployments:rollback workloads:logs workloads:operate repositories:read metrics:read runs:read alert-rules:read alert-rules:create alert-rules:update alert-rules:delete health:read receiver:read alerts:read alerts:acknowledge alerts:resolve alerts:snooze alerts:assign alerts:comment alerts:mute alert-routing:manage on-call:read on-call:override on-call:manage notification-channels:read notification-channels:manage notifications:read",
      "system": "agents:read",
      "viewer": "agents:read clusters:read deployments:read repositories:read metrics:read runs:read alert-rules:read health:read receiver:read alerts:read on-call:read notification-channels:read notifications:read devices:manage-own contact-methods:manage-own team:read profile:manage-own credentials:manage-own sessions:start sessions:read-own sessions:end-own",
    }
  `);
});

test('security Z3: what no row speaks of is granted to nobody', () => {
  for (const unknown of ['everything:do', 'constructor', '__proto__', '']) {
    expect(actors.filter(([, actor]) => holds(actor, unknown as Permission))).toEqual([]);
  }
});

test('security Z3: there are no wildcards', () => {
  expect(permissions.filter((permission) => !/^[a-z-]+:[a-z-]+$/.test(permission))).toEqual([]);
});

test('security Z3: a custom role holds what the table knows and lets people hold, and nothing by its name', () => {
  const permissions = ['agents:read', 'agents:deploy-everything', 'setup:complete', 'telemetry:ingest', '*'];
  expect(permissionsOfRole({ id: 'custom', permissions })).toEqual(['agents:read']);
  expect(permissionsOfRole({ id: 'custom', permissions: [] })).toEqual([]);
});

test('security Z3: what concerns the installation counts through a global role only', () => {
  const governing = { id: 'custom', permissions: ['teams:create', 'audit:read'] };
  expect([...effectivePermissions([governing], [])]).toEqual(['audit:read']);
  expect([...effectivePermissions([], [governing])].toSorted()).toEqual(['audit:read', 'teams:create']);
});

test('security Z6: nobody hands on a scope that gives more than they hold', () => {
  const may = Object.fromEntries(
    actors.map(([name, actor]) => [name, KEY_SCOPES.filter((scope) => holdsScope(actor, scope)).join(' ')]),
  );
  expect(may).toMatchObject({
    admin: 'ingest read write',
    developer: 'ingest read write',
    viewer: 'ingest read',
  });
  expect(may['key read']).not.toContain('write');
});

test('no refusal shows a person the id of a permission: each names it as the role editor does, and whom to ask', () => {
  const said = (refuse: () => void): string => {
    try {
      refuse();
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return '';
  };
  const nobody: Actor = { ...inTeam('viewer'), permissions: new Set() };
  const grantable = GRANTABLE.map(({ permission }) => permission);
  const words = grantable.flatMap((permission) => [
    said(() => requirePermission(nobody, permission)),
    said(() => refuseMoreThanHeld(new Set(), [permission])),
    said(() => refuseStronger(new Set(), [permission])),
  ]);
  expect(words.filter((sentence) => !/“[A-Z][^”]+”/.test(sentence) || /\w:\w/.test(sentence))).toEqual([]);
  expect(said(() => requirePermission(nobody, 'sessions:start'))).toBe(
    'This needs the permission “Sign in”. Ask an admin of your team for it.',
  );
  expect(said(() => requirePermission(nobody, 'teams:delete'))).toContain('an admin of the installation');
  const reader: Actor = { ...key, scopes: ['read'] };
  expect(said(() => requirePermission(reader, 'agents:create'))).toContain('with the scope write.');
  expect(said(() => requirePermission(reader, 'teams:delete'))).toContain('no API key');
});

test('security A16: minutes after signing in people may, later they prove it again', () => {
  const actor: Actor = inTeam('admin');
  expect(() => requireRecentSignIn(actor, new Date(15 * 60_000))).not.toThrow();
  expect(() => requireRecentSignIn(actor, new Date(15 * 60_000 + 1))).toThrow('Sign in again');
});
