import { AppError } from '#lib/kernel/errors.ts';
import type { Actor } from './actor.ts';
import { lackOf, wordsOf } from './permission-words.ts';
import { type KeyScope, PERMISSIONS, type Permission, scopeHolds } from './permissions.ts';

/** Whether an actor of any kind holds a permission in its own team. */
export function holds(actor: Actor, permission: Permission): boolean {
  switch (actor.kind) {
    case 'user':
      return actor.permissions.has(permission);
    case 'key':
      return actor.scopes.some((scope) => scopeHolds(scope, permission));
    case 'system':
      return actor.grants.includes(permission);
  }
}

/** Throws `forbidden` unless the actor holds the permission. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!holds(actor, permission)) throw new AppError('forbidden', lackOf(actor, permission));
}

/** Whether the actor holds everything a key scope would give, so that it may hand the scope on (security Z6). */
export function holdsScope(actor: Actor, scope: KeyScope): boolean {
  const given = (Object.keys(PERMISSIONS) as Permission[]).filter((permission) =>
    scopeHolds(scope, permission),
  );
  return given.every((permission) => permission === 'telemetry:ingest' || holds(actor, permission));
}

/**
 * Throws `forbidden` unless everything that is handed on is held by whoever hands it on (security Z6).
 *
 * @param held what the actor holds where it hands on: in the team, or everywhere
 */
export function refuseMoreThanHeld(held: ReadonlySet<Permission>, given: Iterable<Permission>): void {
  const missing = [...given].find((permission) => !held.has(permission));
  if (missing)
    throw new AppError('forbidden', `You cannot hand on ${wordsOf(missing)}: you do not hold it yourself.`);
}

/** Somebody may do something that whoever would act on them does not hold. */
export const tooStrong = (missing: Permission) =>
  new AppError(
    'forbidden',
    `This is for somebody who may do at least as much: you do not hold ${wordsOf(missing)} yourself.`,
  );

/**
 * Throws `forbidden` unless everything that somebody holds is held by whoever would change, remove or lower them: the
 * same rule as for handing on (security Z6).
 */
export function refuseStronger(held: ReadonlySet<Permission>, theirs: Iterable<Permission>): void {
  const missing = [...theirs].find((permission) => !held.has(permission));
  if (missing) throw tooStrong(missing);
}

/** How long after signing in a person may do what an unlocked phone must not, milliseconds. */
const RECENT_MS = 15 * 60_000;

/** Throws `reauthentication_required` unless the person proved minutes ago who they are (security A16). */
export function requireRecentSignIn(actor: Actor, now: Date): void {
  if (actor.kind === 'user' && now.getTime() - actor.signedInAtMs > RECENT_MS) {
    throw new AppError('reauthentication_required', 'Sign in again to do this.');
  }
}
