import type { Actor, UserActor } from '#lib/access/actor.ts';
import { AppError } from '#lib/kernel/errors.ts';

/** The person who acts; keys and parts of the system have no account of their own. */
export function actingPerson(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only people have accounts.');
  return actor;
}
