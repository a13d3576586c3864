import type { Actor } from './actor.ts';
import { GRANTABLE, type Permission, scopesWith } from './permissions.ts';

/** What the role editor calls permissions, by their ids: those are for machines, these for people. */
export const PERMISSION_NAMES: ReadonlyMap<string, string> = new Map(
  GRANTABLE.map(({ permission, says }) => [permission, says]),
);

/** A permission as people read it, within a sentence. What only parts of the system hold has no other name. */
export function wordsOf(permission: Permission): string {
  return `the permission “${PERMISSION_NAMES.get(permission) ?? permission}”`;
}

function whomToAsk(permission: Permission): string {
  const isGlobal = GRANTABLE.some((row) => row.permission === permission && row.global);
  return isGlobal ? 'an admin of the installation' : 'an admin of your team';
}

/** What a person lacks who may not do something, and whom to ask. */
export function needOf(permission: Permission): string {
  return `This needs ${wordsOf(permission)}. Ask ${whomToAsk(permission)} for it.`;
}

/** Why somebody may not do something, and what would help. */
export function lackOf(actor: Actor, permission: Permission): string {
  if (actor.kind !== 'key') return needOf(permission);
  const needs = `This needs ${wordsOf(permission)}`;
  const scopes = scopesWith(permission);
  if (scopes.length === 0) return `${needs}, which no API key has. Do it in the console.`;
  return `${needs}. Use an API key with the scope ${scopes.join(' or ')}.`;
}
