import { AppError } from '#lib/kernel/errors.ts';
import type { Actor } from './actor.ts';
import { type Permission, roleHolds, scopeHolds } from './permissions.ts';

/** Whether an actor of any kind holds a permission in its own team. */
export function holds(actor: Actor, permission: Permission): boolean {
  switch (actor.kind) {
    case 'user':
      return roleHolds(actor.role, permission);
    case 'key':
      return actor.scopes.some((scope) => scopeHolds(scope, permission));
    case 'system':
      return actor.grants.includes(permission);
  }
}

/** Throws `forbidden` unless the actor holds the permission. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!holds(actor, permission)) {
    throw new AppError('forbidden', `This needs the permission ${permission}.`);
  }
}
